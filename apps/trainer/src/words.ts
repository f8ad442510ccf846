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

/** @param steps done now, rather than before the run was resumed. */
export function ending(
  { stopped, best, epochs }: FitResult,
  options: TrainOptions,
  { steps, seconds }: { readonly steps: number; readonly seconds: number },
): string {
  const { out, data } = options;
  const time = formatSeconds(seconds);
  if (stopped === 'aborted') {
    return `stopped after ${time}; go on with: ${shellLine([...byNpx(), 'pcam-train', '--resume', '--out', out])}`;
  }
  const why = stopped === 'patience' ? `no better score for ${options.patience} epochs` : 'all epochs done';
  const more =
    stopped === 'patience'
      ? `and patience stays run out; go on in a new run, ${shellLine(['--init-from', out])}`
      : '--epochs lengthens the run';
  const nothing = steps > 0 ? '' : `; nothing was left to do, ${more}`;
  const score = best
    ? `; best by ${options.monitor}: epoch ${best.epoch}, validation AUROC ${best.scores.auroc?.toFixed(4) ?? 'undefined'}${monitoredText(best.scores)}`
    : '';
  const evaluate = [...byNpx(), 'pcam-evaluate', '--run', out, '--data', data, '--out', `${out}/evaluation`];
  return `${why} (${epochs}) in ${time}${score}${nothing}\nevaluate with: ${shellLine(evaluate)}`;
}

/** Who started this by npx has no commands of that name, but those of `npx`. */
function byNpx(): readonly string[] {
  return process.env.npm_command === 'exec' ? ['npx'] : [];
}

/** A time that is only guessed: `about 40 s`, `about 3 min`. */
export function aboutSeconds(seconds: number): string {
  if (seconds < 1) return 'under a second';
  return `about ${formatSeconds(seconds < 60 ? seconds : 60 * Math.round(seconds / 60)).replace(' 00 s', '')}`;
}
