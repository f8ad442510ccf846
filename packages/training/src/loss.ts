import { checkKeys, describeValue } from '@pcam/options';
import { add, mean, mul, neg, type Scalar, softplus, sub, type Tensor1D, tidy } from '@tensorflow/tfjs-core';

/** Changes to the plain cross-entropy. */
export interface LossConfig {
  /** s: labels 0 and 1 become s/2 and 1 − s/2; 0 by default. */
  readonly labelSmoothing?: number;
  /** Factors on the loss of each class; 1 by default. */
  readonly weights?: ClassWeights;
}

/** Factors on the loss of negatives and of positives. */
export interface ClassWeights {
  readonly negative: number;
  readonly positive: number;
}

/**
 * Binary cross-entropy of logits, averaged over the batch (weights do not change the
 * divisor, as in PyTorch's BCEWithLogitsLoss with `pos_weight`):
 * w·(t·softplus(−z) + (1 − t)·softplus(z)), where t is the smoothed label (Szegedy et al.,
 * CVPR 2016, section 7) and w the weight of the label's class. Written with two softplus,
 * it keeps its digits in both tails; nothing overflows.
 *
 * @param logits `[B]`.
 * @param labels `[B]`, 0 or 1.
 * @throws Error where their shapes differ.
 */
export function binaryCrossEntropy(logits: Tensor1D, labels: Tensor1D, config: LossConfig = {}): Scalar {
  checkKeys<LossConfig>('binaryCrossEntropy', config, { labelSmoothing: true, weights: true });
  const { labelSmoothing = 0, weights } = config;
  if (String(logits.shape) !== String(labels.shape)) {
    throw new Error(
      `binaryCrossEntropy: logits [${logits.shape}] and labels [${labels.shape}] must have one shape; they would be broadcast`,
    );
  }
  return tidy(() => {
    const target = labelSmoothing > 0 ? add(mul(labels, 1 - labelSmoothing), labelSmoothing / 2) : labels;
    const each = add(mul(target, softplus(neg(logits))), mul(sub(1, target), softplus(logits)));
    if (!weights || (weights.negative === 1 && weights.positive === 1)) return mean(each) as Scalar;
    const weight = add(mul(labels, weights.positive - weights.negative), weights.negative);
    return mean(mul(each, weight)) as Scalar;
  });
}

/**
 * `'balanced'`: n / (2·n of the class), so that both classes weigh the same and the mean
 * weight is 1 (King & Zeng 2001, as in scikit-learn). A number: the weight of positives
 * beside 1 for negatives.
 *
 * @throws Error where a class to balance has no example, or the number is not positive.
 */
export function classWeights(labels: Uint8Array, weighting: 'balanced' | number = 1): ClassWeights {
  if (typeof weighting === 'number') {
    if (!(weighting > 0 && Number.isFinite(weighting))) {
      throw new Error(`fit: classWeight must be 'balanced' or a positive number, got ${weighting}`);
    }
    return { negative: 1, positive: weighting };
  }
  if (weighting !== 'balanced') {
    throw new Error(
      `fit: classWeight must be 'balanced' or a positive number, got ${describeValue(weighting)}`,
    );
  }
  let positives = 0;
  for (const label of labels) positives += label;
  const negatives = labels.length - positives;
  if (positives === 0 || negatives === 0) {
    throw new Error(
      `fit: classWeight 'balanced' needs both classes; the training data has ${negatives} negatives and ${positives} positives`,
    );
  }
  return { negative: labels.length / (2 * negatives), positive: labels.length / (2 * positives) };
}
