export { type BinaryMetrics, binaryMetrics } from './binary-metrics.js';
export {
  type BasicInterval,
  type BootstrapOptions,
  bootstrap,
  type Groups,
  type Interval,
} from './bootstrap.js';
export {
  type BinOptions,
  brier,
  expectedCalibrationError,
  logit,
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
  resampledAuroc,
  rocCurve,
  thin,
} from './curves.js';
export { MetricError, type MetricErrorCode, orNull } from './errors.js';
export {
  type BinaryComparison,
  type BinaryEvaluation,
  type CompareOptions,
  compareBinary,
  type EvaluateBinaryOptions,
  evaluateBinary,
  type LabelledOptions,
  type ModelScores,
  type ResampleOptions,
} from './evaluate.js';
export { type ImagePixelScores, imagePixelScores, type PixelStatistics } from './image-scores.js';
export {
  dice,
  type ImageMaskOverlap,
  imageMaskOverlap,
  iou,
  type MaskOverlap,
  type MaskStatistics,
  maskOverlap,
  maskStatistics,
} from './masks.js';
export type { BinaryOptions } from './measure.js';
export {
  type PairedDifference,
  type PairedOptions,
  type PairedSet,
  pairedDifference,
} from './paired.js';
export { type Bounds, type PixelOptions, type PixelScores, pixelScores } from './pixels.js';
export { type BinaryScores, binaryScores } from './scores.js';
export {
  type BinaryStatistics,
  binaryStatistics,
  type StatisticName,
  type StatisticTraits,
} from './statistics.js';
export { fitTemperature, type TemperatureFit, type TemperatureOptions } from './temperature.js';
export { chooseThreshold, type ThresholdCriterion } from './threshold.js';
export type { Numbers } from './validate.js';
export { isPartlyTumorous, PARTLY_TUMOROUS, type WithinImage, withinImage } from './within.js';
