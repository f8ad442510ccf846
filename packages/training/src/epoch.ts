import type { Batch, Loader } from '@pcam/pcam-data';
import type { ResolvedFitConfig } from './config.js';
import { isBetter, monitored, monitoredScore } from './monitor.js';
import { plateauAfter } from './plateau.js';
import type { Predictions } from './predict.js';
import type { EpochRecord } from './records.js';
import { score } from './report.js';
import { plateauOf } from './schedule.js';
import type { TrainingState } from './state.js';

/** An epoch's batches, `accumulate` at a time; the last group may be smaller. */
export async function* groups(
  data: Loader,
  epoch: number,
  from: number,
  { accumulate: size, epochs }: ResolvedFitConfig,
): AsyncGenerator<Batch[]> {
  let group: Batch[] = [];
  for await (const batch of data.epoch(epoch, from, epochs)) {
    group.push(batch);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

/** What one optimizer step came to. */
interface Step {
  /** How many batches went into it. */
  readonly batches: number;
  readonly loss: number;
  readonly crossEntropy: number;
  /** Of extra loss terms, by name. */
  readonly terms: Numbers;
}

/** Counts a step in, for the epoch's means and for a diagnosis. */
export function countStep(state: TrainingState, { batches, loss, crossEntropy, terms }: Step): void {
  state.step++;
  state.batch += batches;
  state.epochLoss += loss;
  state.epochCrossEntropy += crossEntropy;
  state.epochTerms = addEach(state.epochTerms, terms);
  state.epochSteps++;
  state.recentLosses = [...state.recentLosses, loss].slice(-20);
}

/**
 * Closes an epoch in `state`: its means, its scores, whether they are the best, and what patience and a plateau make
 * of them; the next epoch begins at its first batch.
 *
 * @param predictions of the validation split, where there is one.
 * @returns the record, for the log and the history.
 */
export function endEpoch(
  state: TrainingState,
  predictions: Predictions | undefined,
  { monitor, minDelta, patience, schedule }: ResolvedFitConfig,
): EpochRecord {
  const more = predictions && monitored(monitor, predictions);
  const scores = predictions && { ...score(predictions), ...(more && { monitored: more }) };
  const best = scores && isBetter(scores, state.best?.scores, monitor, minDelta);
  const terms = divideEach(state.epochTerms, state.epochSteps);
  const record: EpochRecord = {
    kind: 'epoch',
    step: state.step,
    epoch: state.epoch + 1,
    trainLoss: state.epochLoss / state.epochSteps,
    crossEntropy: state.epochCrossEntropy / state.epochSteps,
    ...(Object.keys(terms).length > 0 && { terms }),
    ...(scores && { valid: scores, best: best === true }),
  };
  state.history = [...state.history, record];
  if (scores && best) state.best = { step: record.step, epoch: record.epoch, scores };
  state.epochsSinceBest = best ? 0 : state.epochsSinceBest + 1;
  state.outOfPatience = patience !== null && state.epochsSinceBest >= patience;
  const plateau = plateauOf(schedule);
  if (plateau && scores) {
    const { value, mode } = monitoredScore(scores, monitor);
    state.plateau = plateauAfter(plateau, state.plateau, value, mode);
  }
  const begun = { epochLoss: 0, epochCrossEntropy: 0, epochTerms: {}, epochSteps: 0 };
  Object.assign(state, { epoch: record.epoch, batch: 0, ...begun });
  return record;
}

type Numbers = Readonly<Record<string, number>>;

function addEach(sums: Numbers, values: Numbers): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, (sums[key] ?? 0) + value]));
}

function divideEach(sums: Numbers, by: number): Record<string, number> {
  return Object.fromEntries(Object.entries(sums).map(([key, sum]) => [key, sum / by]));
}
