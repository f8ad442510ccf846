import { join } from 'node:path';
import { createTaskProgress, describeError, UsageError } from '@pcam/cli';
import { useEngine } from '@pcam/engine';
import { evaluateBinary, sigmoid } from '@pcam/metrics';
import { createSyntheticDataset, type Dataset, readIntoMemory, take } from '@pcam/pcam-data';
import { openDataset } from '@pcam/pcam-data/node';
import { checkPatches } from '@pcam/training';
import { toCsv } from './csv.js';
import { type Gallery, makeGallery } from './gallery/make.js';
import { toPng } from './gallery/png.js';
import { outcomeOf, selectExamples } from './gallery/select.js';
import { gallerySheet } from './gallery/sheet.js';
import type { EvaluationMetrics } from './metrics.js';
import type { EvaluateOptions } from './options.js';
import { openOutput } from './output.js';
import { evaluationPlots, trainingPlots } from './plots/index.js';
import { predictAll } from './predict.js';
import { describeReport } from './report/describe.js';
import { reportHtml } from './report/report.js';
import { openTrainedRun } from './run.js';

export interface Evaluation {
  readonly out: string;
  readonly report: string;
  readonly metrics: EvaluationMetrics;
}

/** @param say receives one line at a time for people. */
export async function evaluate(options: EvaluateOptions, say: (line: string) => void): Promise<Evaluation> {
  const { split, tta, seed, resamples } = options;
  const opened = await openSplit(options);
  // Claimed before any work, so that a folder that cannot be written is said at once.
  const output = openOutput(options.out);
  try {
    const dataset = take(opened, options.limit);
    const engine = await useEngine(options.engine);
    const trained = await openTrainedRun(options);
    const { model, threshold, temperature, thresholdSource } = trained;
    checkPatches(model, dataset);
    checkLayer(
      options.layer,
      model.layers.map(({ name }) => name),
    );
    say(`engine: ${engine.engine} on ${engine.device}, ${engine.threads} thread(s); ${engine.why}`);
    say(`model: ${model.config.name} from ${trained.checkpoint}`);

    const start = performance.now();
    const predictions = await predictAll(model, dataset, options);
    const seconds = (performance.now() - start) / 1000;
    const { logits, labels, index } = predictions;
    const probabilities = Float64Array.from(logits, (logit) => sigmoid(logit / temperature));
    const slides = dataset.slides && Array.from(index, (i) => dataset.slides![i]!);
    const { confusion, ...numbers } = evaluateBinary({
      logits,
      labels,
      threshold,
      temperature,
      bootstrap: resamples === 0 ? false : { resamples, seed, ...(slides && { groups: slides }) },
    });
    const metrics: EvaluationMetrics = {
      model: model.config.name,
      dataset: dataset.name,
      split,
      checkpoint: options.checkpoint,
      tta,
      engine: engine.engine,
      device: engine.device,
      thresholdSource,
      clustered: slides !== undefined,
      imagesPerSecond: Math.round((10 * labels.length) / seconds) / 10,
      ...numbers,
      ...confusion,
    };

    const examples = selectExamples(probabilities, labels, threshold, options.maps);
    const gallery =
      options.maps > 0
        ? await makeGallery({
            model,
            dataset,
            examples,
            index,
            batchSize: options.batchSize,
            ...(options.layer && { layer: options.layer }),
          })
        : undefined;
    const plots = await evaluationPlots(metrics, probabilities, labels);
    const curves = await trainingPlots(trained.epochs, trained.bestEpoch);

    output.write('predictions.csv', predictionRows(predictions, probabilities, threshold, slides));
    for (const [name, svg] of Object.entries({ ...plots, ...curves })) output.write(`plots/${name}.svg`, svg);
    if (gallery) await writeGallery(gallery, probabilities, output.write);
    const input = await describeReport({
      metrics,
      plots,
      curves,
      gallery,
      probabilities,
      trained,
      engine,
    });
    output.write('report.html', reportHtml(input));
    output.write('metrics.json', `${JSON.stringify(metrics, null, 2)}\n`);
    const out = output.finish();
    return { out, report: join(out, 'report.html'), metrics };
  } catch (error) {
    // Which file it was says little, since the folder is written aside.
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC')
      throw new UsageError(`--out ${options.out}: ${describeError(error)}`);
    throw error;
  } finally {
    output.discard();
    await opened.close();
  }
}

async function openSplit({ data, split }: EvaluateOptions): Promise<Dataset> {
  if (data === 'synthetic') return readIntoMemory(createSyntheticDataset({ seed: 0, split, n: 512 }));
  return openDataset(data, split, { onProgress: createTaskProgress().report });
}

function checkLayer(layer: string | undefined, known: readonly string[]): void {
  if (layer === undefined || known.includes(layer)) return;
  throw new UsageError(`--layer ${layer}: the model has no such layer; it has ${known.join(', ')}`);
}

function predictionRows(
  { index, labels, logits }: { index: Int32Array; labels: Uint8Array; logits: Float32Array },
  probabilities: Float64Array,
  threshold: number,
  slides: readonly string[] | undefined,
): string {
  return toCsv({
    index,
    ...(slides && { slide: slides }),
    label: labels,
    logit: Array.from(logits, (logit) => logit.toPrecision(7)),
    probability: Array.from(probabilities, (p) => p.toFixed(6)),
    predicted: Array.from(probabilities, (p) => (p >= threshold ? 1 : 0)),
    outcome: Array.from(probabilities, (p, i) => outcomeOf(p, labels[i]!, threshold)),
  });
}

async function writeGallery(
  gallery: Gallery,
  probabilities: ArrayLike<number>,
  write: (name: string, content: Uint8Array) => void,
): Promise<void> {
  write('gallery.png', await gallerySheet(gallery, probabilities));
  for (const panel of gallery.panels) {
    const name = `gallery/${panel.outcome}-${panel.index}`;
    write(`${name}-patch.png`, await toPng(panel.patch));
    write(`${name}-map.png`, await toPng(panel.map));
    if (panel.mask) write(`${name}-mask.png`, await toPng(panel.mask));
  }
}
