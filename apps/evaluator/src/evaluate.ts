import { join } from 'node:path';
import { checkOptions, UsageError } from '@pcam/cli';
import { useEngine } from '@pcam/engine';
import { EvaluationError } from '@pcam/evaluation';
import { evaluationPlots, trainingPlots } from '@pcam/figures';
import { evaluateBinary, sigmoid } from '@pcam/metrics';
import { take } from '@pcam/pcam-data';
import { checkPatches } from '@pcam/training';
import { type OpenSource, openSource, openSplit } from './data.js';
import { explain } from './explain.js';
import { groupingOf } from './groups.js';
import { checkLayer } from './map-options.js';
import type { EvaluationMetrics } from './metrics.js';
import { type EvaluateOptions, evaluateOptions } from './options.js';
import { openOutput } from './output/folder.js';
import { outputOptions } from './output/names.js';
import { predictAll } from './predict.js';
import { describeReport } from './report/describe.js';
import { reportHtml } from './report/report.js';
import { type ComparedRun, openCompared, openTrainedRun, otherSize, type TrainedRun } from './run.js';
import { type EvaluatedMasks, segmentationKeys } from './segmentation.js';
import { predictionRows, writeGallery, writeSegmentation } from './write.js';

/** What was found, and where it was written. */
export interface Evaluation {
  /** The folder that was written, absolute. */
  readonly out: string;
  /** Its `report.html`. */
  readonly report: string;
  /** As in `metrics.json`: with `segment`, also the keys that the README lists. */
  readonly metrics: EvaluationMetrics & Readonly<Record<string, unknown>>;
  /** With `segment`. */
  readonly segmentation?: EvaluatedMasks;
}

/**
 * Evaluates a run on a split and writes metrics, predictions, plots, maps, masks and a report, as `pcam-evaluate` does.
 *
 * @param options complete: `evaluateOptions.parse({ … })` fills in defaults.
 * @param say receives one line at a time for people.
 * @throws UsageError in one line for an option that is unknown, out of range or fits nothing; errors of the engine, the
 *   data (DataError), the run (RunFolderError) and the model likewise. Nothing is then written.
 */
export async function evaluate(options: EvaluateOptions, say: (line: string) => void): Promise<Evaluation> {
  checkOptions('evaluate', options, evaluateOptions);
  const { split, tta, seed, resamples } = options;
  const opened = await openSplit(options.data, split);
  let source: OpenSource | undefined;
  let trained: TrainedRun | undefined;
  let compared: ComparedRun | undefined;
  // Claimed before any work, so that a folder that cannot be written is said at once.
  const output = openOutput(options.out, outputOptions(options));
  try {
    const dataset = take(opened, options.limit);
    const { groups, over } = await groupingOf(options, opened, dataset);
    source = await openSource(options, dataset);
    const engine = await useEngine(options.engine);
    trained = await openTrainedRun(options);
    compared = await openCompared(options);
    const { model, threshold, temperature, thresholdSource } = trained;
    for (const patches of [dataset, ...(source ? [source.dataset] : [])]) {
      for (const taker of [model, ...(compared ? [compared.model] : [])]) checkPatches(taker, patches);
    }
    checkLayer(options.layer, model);
    say(`engine: ${engine.engine} on ${engine.device}, ${engine.threads} thread(s); ${engine.why}`);
    say(`model: ${model.config.name} from ${trained.checkpoint}`);
    const note = otherSize(trained, dataset);
    if (note) say(note);

    const start = performance.now();
    const predictions = await predictAll(model, dataset, options);
    const seconds = (performance.now() - start) / 1000;
    const { logits, labels, index } = predictions;
    const probabilities = Float64Array.from(logits, (logit) => sigmoid(logit / temperature));
    const inOrder = (of: readonly string[] | undefined) => of && Array.from(index, (i) => of[i]!);
    if (groups && resamples > 0 && new Set(groups).size === 1) {
      const one = options.groups === undefined ? 'slide' : 'group';
      say(
        `no intervals: all patches are of one ${one}, ${groups[0]}, and intervals are told by drawing ${over}`,
      );
    }
    const drawn = inOrder(groups);
    const { confusion, ...numbers } = evaluateBinary({
      logits,
      labels,
      threshold,
      temperature,
      bootstrap: resamples === 0 ? false : { resamples, seed, ...(drawn && { groups: drawn }) },
    });
    const { gallery, segmentation } = await explain({
      options,
      dataset,
      source,
      model,
      compared,
      calls: { probabilities, logits, labels, threshold, index },
      groups,
      write: output.write,
    });
    const metrics: Evaluation['metrics'] = {
      model: model.config.name,
      dataset: dataset.name,
      split,
      checkpoint: options.checkpoint,
      weightsSha256: trained.weights,
      tta,
      engine: engine.engine,
      device: engine.device,
      thresholdSource,
      clustered: groups !== undefined,
      intervalsOver: over,
      imagesPerSecond: Math.round((10 * labels.length) / seconds) / 10,
      ...numbers,
      ...confusion,
      ...(segmentation && segmentationKeys(segmentation, options)),
    };
    const plots = await evaluationPlots(metrics, probabilities, labels);
    const curves = await trainingPlots(trained.epochs, trained.bestEpoch);

    output.write(
      'predictions.csv',
      predictionRows(predictions, probabilities, threshold, inOrder(dataset.slides)),
    );
    for (const [name, svg] of Object.entries({ ...plots, ...curves })) output.write(`plots/${name}.svg`, svg);
    if (gallery) await writeGallery(gallery, probabilities, output.write);
    if (segmentation) await writeSegmentation(segmentation, output.write);
    const input = await describeReport({
      metrics,
      plots,
      curves,
      gallery,
      segmentation,
      probabilities,
      trained,
      engine,
    });
    output.write('report.html', reportHtml(input));
    output.write('metrics.json', `${JSON.stringify(metrics, null, 2)}\n`);
    const out = output.finish();
    return { out, report: join(out, 'report.html'), metrics, ...(segmentation && { segmentation }) };
  } catch (error) {
    if (error instanceof EvaluationError && error.code === 'threshold')
      throw new UsageError(`--mask-threshold ${error.message}`);
    throw error;
  } finally {
    trained?.model.dispose();
    compared?.model.dispose();
    output.discard();
    await source?.close();
    await opened.close();
  }
}
