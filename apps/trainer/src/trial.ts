import { checkOptions, UsageError } from '@pcam/cli';
import { countParameters, type Model } from '@pcam/models';
import { createLoader, type Dataset, subset } from '@pcam/pcam-data';
import { checkPatches, fit } from '@pcam/training';
import { constraintTerms } from './constraint.js';
import { findTrainingData, openTrainingData, type TrainingData } from './data.js';
import { type TrainOptions, trainOptions } from './options.js';
import { drawBy, drawPseudoMasks } from './pseudo-masks.js';
import { buildModel, checkSettings, fitConfig, openLoader, startEngine } from './setup.js';
import { hasTeacher, stagesOf } from './teacher.js';
import { warmStart } from './warm-start.js';
import { dryRunLine } from './words.js';

const OVERFIT_STEPS = 200;
const OVERFIT_LOSS = 0.05;

/** What three steps came to: the loss of the last one, and how long training takes at its pace. */
export interface Pace {
  readonly loss: number;
  readonly millisecondsPerStep: number;
  readonly minutesPerEpoch: number;
}

/** What a dry run came to. */
export interface DryRunSummary extends Pace {
  readonly dryRun: true;
  readonly engine: string;
  readonly model: string;
  readonly parameters: number;
  /** Of `--pseudo-masks self`: the network that is trained first. */
  readonly teacher?: Pace;
}

/**
 * `--dry-run`: the whole path once, three batches of the real data, with nothing written. A teacher draws masks for
 * its student once it has taken these steps.
 *
 * @param options as those of {@link train}.
 * @param say receives one line at a time for people.
 * @throws as {@link train}.
 */
export async function dryRun(options: TrainOptions, say: (line: string) => void): Promise<DryRunSummary> {
  checkOptions('dryRun', options, trainOptions);
  await findTrainingData(options);
  const engine = await startEngine(options, say);
  checkSettings(options);
  const models: Model[] = [];
  let data: TrainingData | undefined;
  try {
    data = await openTrainingData(options);
    for (const note of data.notes) say(note);
    const { pseudoMasks: from, batchSize, epochs } = options;
    const few = {
      train: subset(data.train, spread(data.train, batchSize * 3)),
      valid: subset(data.valid, spread(data.valid, batchSize * 3)),
    };
    const paces: Pace[] = [];
    for (const stage of stagesOf(options)) {
      const model = buildModel(stage);
      const teacher = models.at(-1);
      models.push(model);
      if (options.initFrom !== undefined) await warmStart(model, options.initFrom);
      checkPatches(model, data.train);
      checkPatches(model, data.valid);
      const source = { data: few, batchSize, say };
      let patches: Dataset = few.train;
      if (teacher) patches = await drawBy(teacher, { ...source, from: 'a teacher of three steps' });
      else if (from !== undefined && !hasTeacher(options))
        patches = await drawPseudoMasks({ ...source, from });
      paces.push(await paceOf(model, stage, patches, data.train.length));
    }
    const own = paces.at(-1)!;
    const before = paces.length > 1 ? paces[0] : undefined;
    const [name, parameters] = [models[0]!.config.name, countParameters(models.at(-1)!)];
    say(dryRunLine(`${name} on ${engine.engine}`, epochs, own, before));
    const summary = { ...({ dryRun: true, engine: engine.engine } as const), model: name, parameters };
    return { ...summary, ...own, ...(before && { teacher: before }) };
  } finally {
    for (const model of models) model.dispose();
    await data?.close();
  }
}

/** @param length of the whole training split. */
async function paceOf(model: Model, options: TrainOptions, patches: Dataset, length: number): Promise<Pace> {
  const loader = await openLoader(patches, options, true);
  const times: number[] = [];
  let loss = Number.NaN;
  let last = performance.now();
  try {
    await fit({
      ...fitConfig({ ...options, epochs: 1, warmupEpochs: 0, patience: 0, tta: false }),
      model,
      // On from the first step: what steps take once it is on.
      lossTerms: constraintTerms({ ...options, lambdaFrom: 0 }),
      data: loader,
      onStep(record) {
        times.push(performance.now() - last);
        last = performance.now();
        loss = record.loss;
      },
    });
  } finally {
    await loader.close();
  }
  const step = times.at(-1)!;
  const steps = Math.max(1, Math.floor(length / options.batchSize));
  const minutes = (step * steps) / 60_000;
  return {
    loss,
    millisecondsPerStep: Math.round(step),
    minutesPerEpoch: Number(minutes.toPrecision(3)),
  };
}

/** Whether a model learned one batch by heart: the loss of its last step fell below 0.05. */
export interface OverfitSummary {
  readonly overfits: boolean;
  readonly engine: string;
  readonly model: string;
  readonly steps: number;
  readonly loss: number;
}

/**
 * `--overfit-batch`: trains on one batch, without regularisers, for at most 200 steps, and writes nothing; a model that
 * cannot learn it by heart cannot learn at all.
 *
 * @param options as those of {@link train}.
 * @param say receives one line at a time for people.
 * @throws as {@link train}; UsageError where the batch holds one class only.
 */
export async function overfitBatch(
  options: TrainOptions,
  say: (line: string) => void,
): Promise<OverfitSummary> {
  checkOptions('overfitBatch', options, trainOptions);
  await findTrainingData(options);
  const engine = await startEngine(options, say);
  const model = withoutRegularisers(options);
  let data: TrainingData | undefined;
  const stop = new AbortController();
  try {
    data = await openTrainingData(options);
    if (options.initFrom !== undefined) await warmStart(model, options.initFrom);
    checkPatches(model, data.train);
    const batch = subset(data.train, spread(data.train, options.batchSize));
    if (new Set(batch.labels).size < 2)
      throw new UsageError(`${data.train.name} has one class only; a batch needs both`);
    let loss = Number.POSITIVE_INFINITY;
    const { step } = await fit({
      ...fitConfig({
        ...options,
        warmupEpochs: 0,
        emaDecay: 0,
        labelSmoothing: 0,
        weightDecay: 0,
        patience: 0,
        tta: false,
      }),
      epochs: OVERFIT_STEPS,
      schedule: { name: 'constant' },
      model,
      data: createLoader(batch, { batchSize: options.batchSize }),
      signal: stop.signal,
      onStep(record) {
        loss = record.loss;
        if (record.step % 10 === 0) say(`step ${record.step}: loss ${loss.toFixed(4)}`);
        if (loss < OVERFIT_LOSS) stop.abort();
      },
    });
    const overfits = loss < OVERFIT_LOSS;
    say(
      overfits
        ? `the model learned ${batch.length} patches by heart: loss ${loss.toFixed(4)} after ${step} steps`
        : `the model did not learn ${batch.length} patches by heart: loss ${loss.toFixed(4)} after ${step} steps; try another --learning-rate`,
    );
    return { overfits, engine: engine.engine, model: model.config.name, steps: step, loss };
  } finally {
    model.dispose();
    await data?.close();
  }
}

/** The model without what keeps it from learning by heart. */
function withoutRegularisers(options: TrainOptions): Model {
  const known = buildModel(options);
  const regularisers = ['dropout', 'stochasticDepth'].filter((key) => key in known.config);
  known.dispose();
  return buildModel(options, Object.fromEntries(regularisers.map((key) => [key, 0])));
}

/** As many positives as negatives, as far as there are, up to `count`. */
function spread({ labels, length }: Dataset, count: number): Int32Array {
  const of = (label: number) => [...labels.keys()].filter((i) => labels[i] === label);
  const [negative, positive] = [of(0), of(1)];
  const chosen: number[] = [];
  for (let i = 0; chosen.length < Math.min(count, length); i++) {
    for (const group of [positive, negative]) {
      if (i < group.length && chosen.length < count) chosen.push(group[i]!);
    }
  }
  return Int32Array.from(chosen);
}
