import { accuracy, auroc, confusion, logLoss, orNull } from '@pcam/metrics';
import type { Predictions } from './predict.js';
import type { ValidationScores } from './records.js';

/** Loss, AUROC and accuracy on a split, from one pass. */
export function score({ logits, labels }: Predictions): ValidationScores {
  return {
    loss: logLoss(logits, labels),
    auroc: orNull(() => auroc(logits, labels)),
    accuracy: accuracy(confusion(logits, labels, 0)),
  };
}
