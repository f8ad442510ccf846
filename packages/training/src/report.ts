import type { Model } from '@pcam/models';
import type { Loader } from '@pcam/pcam-data';
import { type PredictOptions, predict, type TestTimeAugmentation } from './predict.js';

/** Temperature and threshold, chosen on the validation split, and the logits they come from. */
export interface Calibration {
  /** `[n]`. */
  readonly logits: readonly number[];
  /** Probability is sigmoid(logit / temperature). */
  readonly temperature: number;
  /** On that probability: at or above it, a patch counts as tumour. */
  readonly threshold: number;
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

export async function validationReport(
  model: Model,
  valid: Loader,
  tta: boolean,
  signal?: AbortSignal,
): Promise<ValidationReport> {
  const options = (name: TestTimeAugmentation): PredictOptions => ({ tta: name, ...(signal && { signal }) });
  const plain = await predict(model, valid, options('none'));
  const turned = tta ? await predict(model, valid, options('dihedral')) : undefined;
  return {
    dataset: valid.dataset.name,
    index: [...plain.index],
    labels: [...plain.labels],
    none: calibrate(plain.logits),
    ...(turned && { dihedral: calibrate(turned.logits) }),
  };
}

function calibrate(logits: Float32Array): Calibration {
  return { logits: [...logits], temperature: 1, threshold: 0.5 };
}
