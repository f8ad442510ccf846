import { formatSeconds, shellLine } from '@pcam/cli';
import type { EpochRecord, FitResult, ValidationScores } from '@pcam/training';
import type { TrainOptions } from './options.js';

/** What a step or an epoch came to, cross-entropy and further terms apart. */
interface Parts {
  readonly crossEntropy?: number;
  readonly terms?: Readonly<Record<string, number>>;
}

/** Beside the progress bar: the loss, and how much of what is healthy is attributed so. */
export function stepNote(record: Parts & { readonly loss: number }): string {
  const share = record.terms?.['constraint.negativeShare'];
  const negative = share === undefined ? '' : ` · ${(100 * share).toFixed(0)} % of healthy pixels negative`;
  return `${lossText(record.loss, record)}${negative}`;
}

export function epochLine(record: EpochRecord & Parts): string {
  const { trainLoss, valid, best } = record;
  const scores = valid
    ? ` · valid loss ${valid.loss.toFixed(3)}, AUROC ${valid.auroc?.toFixed(4) ?? 'undefined'}, accuracy ${valid.accuracy.toFixed(3)}${monitoredText(valid)}`
    : '';
  return `${lossText(trainLoss, record)}${scores}${best ? ' · best' : ''}`;
}

/** What `--monitor` looks at, where it is none of what is always said. */
function monitoredText({ monitored }: ValidationScores): string {
  return monitored === undefined ? '' : `, ${monitored.name} ${monitored.value?.toFixed(4) ?? 'undefined'}`;
}

/** While the weight of a constraint rises, the loss does too, though the network learns: its parts tell. */
function lossText(loss: number, { crossEntropy, terms }: Parts): string {
  const plain = crossEntropy ?? terms?.crossEntropy;
  const constraint = terms?.constraint;
  if (plain === undefined || constraint === undefined) return `loss ${loss.toFixed(3)}`;
  const lambda = terms?.['constraint.lambda'];
  const weighted = lambda === undefined ? '' : ` (λ ${Number(lambda.toPrecision(2))})`;
  return `loss ${loss.toFixed(3)} = cross-entropy ${plain.toFixed(3)} + constraint ${constraint.toFixed(3)}${weighted}`;
}

/** The last patches of an epoch that fill no batch wait for another one, since each epoch has its own order. */
export function dataLine(train: number, valid: number, batchSize: number): string {
  const rest = train < batchSize ? 0 : train % batchSize;
  const each = rest === 0 ? '' : ` (${train - rest} an epoch, in whole batches of ${batchSize})`;
  return `data: ${train} patches to train on${each}, ${valid} to validate on`;
}

/** Of a run that goes on to more (or fewer) epochs than it was started with. */
export function lengthenedLine(before: number, epochs: number, learningRate: number): string {
  return (
    `${before} ${before === 1 ? 'epoch' : 'epochs'} became ${epochs}: the learning rate goes on at ${Number(learningRate.toPrecision(3))}, ` +
    `which is its place in the schedule over ${epochs} epochs`
  );
}

/** Of a run since it was started, or resumed. */
interface Now {
  readonly steps: number;
  readonly seconds: number;
}

export function ending(result: FitResult, options: TrainOptions, now: Now): string {
  const { stopped } = result;
  const { out, data } = options;
  if (stopped === 'aborted') {
    return `stopped after ${formatSeconds(now.seconds)}; go on with: ${shellLine([...byNpx(), 'pcam-train', '--resume', '--out', out])}`;
  }
  const evaluate = [...byNpx(), 'pcam-evaluate', '--run', out, '--data', data, '--out', `${out}/evaluation`];
  const more =
    stopped === 'patience'
      ? `and patience stays run out; go on in a new run, ${shellLine(['--init-from', out])}`
      : '--epochs lengthens the run';
  const nothing = now.steps > 0 ? '' : `; nothing was left to do, ${more}`;
  return `${outcome(result, options, now)}${nothing}\nevaluate with: ${shellLine(evaluate)}`;
}

/** Why a run ended, and its best score. */
export function outcome({ stopped, best, epochs }: FitResult, options: TrainOptions, now: Now): string {
  const why = stopped === 'patience' ? `no better score for ${options.patience} epochs` : 'all epochs done';
  const score = best
    ? `; best by ${options.monitor}: epoch ${best.epoch}, validation AUROC ${best.scores.auroc?.toFixed(4) ?? 'undefined'}${monitoredText(best.scores)}`
    : '';
  return `${why} (${epochs}) in ${formatSeconds(now.seconds)}${score}`;
}

/** Who started this by npx has no commands of that name, but those of `npx`. */
function byNpx(): readonly string[] {
  return process.env.npm_command === 'exec' ? ['npx'] : [];
}

interface Pace {
  readonly millisecondsPerStep: number;
  readonly minutesPerEpoch: number;
}

/** @param teacher of a run in two stages, the one of the first. */
export function dryRunLine(what: string, epochs: number, own: Pace, teacher?: Pace): string {
  const minutes = own.minutesPerEpoch + (teacher?.minutesPerEpoch ?? 0);
  const all = aboutSeconds(60 * minutes * epochs);
  const rest = 'validation aside; nothing was written';
  if (!teacher) {
    return `dry run: ${what}, ${own.millisecondsPerStep} ms a step, ${aboutSeconds(60 * minutes)} an epoch, ${all} for ${epochs} of them, ${rest}`;
  }
  return (
    `dry run: ${what}, a teacher at ${teacher.millisecondsPerStep} ms a step and its student at ${own.millisecondsPerStep} ms, ` +
    `${all} for ${epochs} epochs of each, masks and ${rest}`
  );
}

/** A time that is only guessed: `about 40 s`, `about 3 min`. */
export function aboutSeconds(seconds: number): string {
  if (seconds < 1) return 'under a second';
  return `about ${formatSeconds(seconds < 60 ? seconds : 60 * Math.round(seconds / 60)).replace(' 00 s', '')}`;
}
