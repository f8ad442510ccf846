export { type BootstrapOptions, bootstrap, type Interval } from './bootstrap.js';
export {
  type BinOptions,
  brier,
  expectedCalibrationError,
  logLoss,
  type ReliabilityBin,
  reliabilityBins,
  sigmoid,
} from './calibration.js';
export {
  accuracy,
  addConfusions,
  balancedAccuracy,
  type Confusion,
  confusion,
  f1,
  precision,
  sensitivity,
  specificity,
} from './confusion.js';
export {
  auroc,
  averagePrecision,
  type PrecisionRecallPoint,
  precisionRecallCurve,
  type RocPoint,
  rocCurve,
  thin,
} from './curves.js';
export { MetricError, type MetricErrorCode, orNull } from './errors.js';
export { type BinaryEvaluation, type EvaluateOptions, evaluateBinary } from './evaluate.js';
export { dice, iou, type MaskOverlap, maskOverlap } from './masks.js';
export { type PixelScores, pixelScores } from './pixels.js';
export { type BinaryScores, binaryScores } from './scores.js';
export { fitTemperature, type TemperatureFit } from './temperature.js';
export { chooseThreshold, type ThresholdCriterion } from './threshold.js';
export type { Numbers } from './validate.js';
