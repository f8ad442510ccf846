import { accuracy, auroc, confusion, logLoss, orNull } from '@pcam/metrics';
import type { Model } from '@pcam/models';
import type { Loader } from '@pcam/pcam-data';
import type { Monitor } from './config.js';
import { type Predictions, type PredictOptions, predict } from './predict.js';
import type { ValidationScores } from './records.js';

/** Loss, AUROC and accuracy on a split, from one pass. */
export async function validate(
  model: Model,
  valid: Loader,
  options: Pick<PredictOptions, 'signal' | 'onProgress'> = {},
): Promise<ValidationScores> {
  return score(await predict(model, valid, options));
}

export function score({ logits, labels }: Predictions): ValidationScores {
  return {
    loss: logLoss(logits, labels),
    auroc: orNull(() => auroc(logits, labels)),
    accuracy: accuracy(confusion(logits, labels, 0)),
  };
}

/** Whether `scores` beat `best` by more than `minDelta` in the monitored score. */
export function isBetter(
  scores: ValidationScores,
  best: ValidationScores | undefined,
  monitor: Monitor,
  minDelta: number,
): boolean {
  const now = goodness(scores, monitor);
  return best === undefined || now > goodness(best, monitor) + minDelta;
}

function goodness(scores: ValidationScores, monitor: Monitor): number {
  const value = scores[monitor];
  if (value === null) return Number.NEGATIVE_INFINITY;
  return monitor === 'loss' ? -value : value;
}
