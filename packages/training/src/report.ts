import {
  accuracy,
  auroc,
  chooseThreshold,
  confusion,
  fitTemperature,
  logLoss,
  orNull,
  sigmoid,
} from '@pcam/metrics';
import type { Model } from '@pcam/models';
import type { Loader } from '@pcam/pcam-data';
import { type Predictions, type PredictOptions, predict, type TestTimeAugmentation } from './predict.js';
import type { ValidationScores } from './records.js';

/** Temperature and threshold, chosen on the validation split, and the logits they come from. */
export interface Calibration {
  /** `[n]`. */
  readonly logits: readonly number[];
  /** Probability is sigmoid(logit / temperature). */
  readonly temperature: number;
  /** On that probability, by Youden's index: at or above it, a patch counts as tumour. */
  readonly threshold: number;
  readonly scores: ValidationScores;
}

/** What an evaluator needs from the validation split. Plain values, ready for JSON. */
export interface ValidationReport {
  /** The data set's name. */
  readonly dataset: string;
  /** `[n]`, places in the data set. */
  readonly index: readonly number[];
  /** `[n]`, 0 or 1. */
  readonly labels: readonly number[];
  readonly none: Calibration;
  /** With the 8-fold mean of logits, where it was asked for. */
  readonly dihedral?: Calibration;
}

/**
 * One pass over the validation split, two with test-time augmentation. Temperature by
 * scaling (Guo et al., ICML 2017), threshold by Youden's index, which asks for no prevalence.
 */
export async function validationReport(
  model: Model,
  valid: Loader,
  tta: boolean,
  more: Pick<PredictOptions, 'signal' | 'onProgress'> = {},
): Promise<ValidationReport> {
  const options = (name: TestTimeAugmentation): PredictOptions => ({ ...more, tta: name });
  const plain = await predict(model, valid, options('none'));
  const turned = tta ? await predict(model, valid, options('dihedral')) : undefined;
  return {
    dataset: valid.dataset.name,
    index: [...plain.index],
    labels: [...plain.labels],
    none: calibrate(plain),
    ...(turned && { dihedral: calibrate(turned) }),
  };
}

function calibrate(predictions: Predictions): Calibration {
  const { logits, labels } = predictions;
  const { temperature } = fitTemperature(logits, labels);
  const probabilities = Float64Array.from(logits, (logit) => sigmoid(logit / temperature));
  return {
    logits: [...logits],
    temperature,
    // One class alone cannot tell where to cut.
    threshold: orNull(() => chooseThreshold(probabilities, labels, 'youden')) ?? 0.5,
    scores: score(predictions),
  };
}

/** Loss, AUROC and accuracy on a split, from one pass. */
export function score({ logits, labels }: Predictions): ValidationScores {
  return {
    loss: logLoss(logits, labels),
    auroc: orNull(() => auroc(logits, labels)),
    accuracy: accuracy(confusion(logits, labels, 0)),
  };
}
