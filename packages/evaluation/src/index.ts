export {
  type FlipAgreement,
  type FlipConsistency,
  type FlipConsistencyOptions,
  flipConsistency,
} from './alignment/flip-consistency.js';
export { type SpotOffset, type SpotOffsetOptions, spotOffset } from './alignment/spot-offset.js';
export {
  BASELINES,
  type BaselineName,
  type Baselines,
  type BaselineTraits,
  baselines,
  type PatchCalls,
} from './baselines.js';
export { EvaluationError, type EvaluationErrorCode } from './errors.js';
export { type Estimate, type Estimates, estimate, flatKeys, type Subject } from './estimate.js';
export { imagesAt, type MappedBatch, type MappingOptions, mappedBatches } from './mapped-batches.js';
export { defaultLayerOf, type Maps, type MapsOptions, mapAverageNames, mapsOf } from './maps.js';
export { type CutPatch, type MeasuredMaps, type MeasureOptions, measureMaps } from './measure.js';
export {
  type MapMeasure,
  type MaskMeasure,
  type MeasuredPixels,
  type MeasureInfo,
  type MeasureOf,
  maskMeasures,
  PIXEL_MEASURES,
  type PixelMeasure,
} from './pixel-measures.js';
export { type PseudoMasked, type PseudoMaskedOptions, pseudoMasked } from './pseudo-masked.js';
export {
  type Cut,
  type SegmentationEstimates,
  type SegmentDatasetOptions,
  type SegmentedDataset,
  type SegmentedPatch,
  type SegmentingTask,
  segmentDataset,
} from './segment-dataset.js';
export { slideAttribution, slideAttributionOptions } from './slide-attribution.js';
export {
  chooseThresholds,
  describeRule,
  evaluationThresholds,
  needsLabels,
  needsMasks,
  type ThresholdMethod,
  type ThresholdRule,
  type ThresholdRuleTraits,
  type ThresholdSource,
  type Thresholds,
  thresholdRules,
} from './thresholds.js';
