import { join } from 'node:path';
import type { Engine } from '@pcam/engine';
import { median } from '@pcam/experiment-constraint/statistics';
import { countParameters } from '@pcam/models';
import { fit, predict } from '@pcam/training';
import { createRun, type Run } from '@pcam/training/node';
import { type Splits, shareOf } from './data.js';
import { coreSeconds, stepMeter } from './meter.js';
import type { Cell } from './networks.js';
import type { ExperimentOptions } from './options.js';
import { type CurveResult, measuresOf, testPredictions } from './result.js';
import { planOf } from './rounds.js';
import { plainLoader, trainingOf } from './train.js';

/** What all networks of an experiment share. */
export interface Surroundings {
  readonly options: ExperimentOptions;
  readonly splits: Splits;
  readonly engine: Engine;
  readonly signal?: AbortSignal;
}

/** What is in a checkpoint is not done again. */
const CHECKPOINT_SECONDS = 60;

/**
 * Trains one network in a run folder of its own, going on where it was cut off, and measures it on the test split.
 *
 * @param key also names the folder.
 * @returns undefined once aborted, with a checkpoint to go on from.
 */
export async function trainCell(
  cell: Cell,
  key: string,
  { options, splits, engine, signal }: Surroundings,
): Promise<CurveResult | undefined> {
  const patches = shareOf(splits.train, cell.share);
  const plan = planOf(options.steps, cell.share);
  const { model, data, ...config } = trainingOf(cell, patches, plan, options);
  let run: Run | undefined;
  try {
    run = createRun(runFolder(options.out, key), {
      config: { model: model.config, options: { ...cell, key, engine: engine.engine } },
      environment: { engine },
      resume: true,
    });
    const meter = stepMeter();
    const { stopped, step, best, validation } = await fit({
      ...config,
      model,
      data,
      valid: plainLoader(splits.valid),
      store: run.store,
      log: run.log,
      resume: true,
      checkpointEvery: { seconds: CHECKPOINT_SECONDS },
      ...(signal && { signal }),
      onStep: meter.onStep,
    });
    if (stopped === 'aborted' || signal?.aborted || !best || !validation) return undefined;
    const [started, elapsed] = [performance.now(), coreSeconds()];
    const predictions = await predict(model, plainLoader(splits.test));
    const [cores, seconds] = [elapsed(), (performance.now() - started) / 1000];
    const { temperature, threshold } = validation.none;
    const test = testPredictions(predictions.logits, splits.test);
    const speeds = run.records().flatMap((each) => (each.kind === 'step' ? [each.imagesPerSecond] : []));
    const perStep = meter.secondsPerStep();
    return {
      ...cell,
      patches: patches.length,
      steps: step,
      bestStep: best.step,
      parameters: countParameters(model),
      temperature,
      threshold,
      measures: measuresOf(test, { temperature, threshold }),
      speed: {
        engine: engine.engine,
        device: engine.device,
        threads: engine.threads,
        cpu: run.environment.cpu,
        trainImagesPerSecond: rounded(median(speeds)),
        testImagesPerSecond: rounded(test.logits.length / seconds),
        trainImagesPerCoreSecond: perStep === null ? null : rounded(data.batchSize / perStep),
        testImagesPerCoreSecond: rounded(test.logits.length / cores),
      },
      test,
    };
  } finally {
    run?.close();
    model.dispose();
  }
}

function runFolder(out: string, key: string): string {
  return join(out, 'runs', key.replaceAll(/[^\w.]+/g, '-'));
}

function rounded(value: number): number {
  return Math.round(10 * value) / 10;
}
