export {
  type ActivationGradient,
  type ActivationGradientOptions,
  activationAndGradient,
} from './activation-gradient.js';
export {
  type ForwardParts,
  type FromFunctionOptions,
  fromFunction,
  type TappedForward,
} from './adapters/function.js';
export { type FromGraphModelOptions, fromGraphModel, type GraphModelLike } from './adapters/graph-model.js';
export type { LayerLike, LayersModelLike, SymbolicTensorLike } from './adapters/layers-graph.js';
export { type FromLayersModelOptions, fromLayersModel } from './adapters/layers-model.js';
export type {
  AttributionName,
  ConstrainedAttribution,
  ExpectedGradientsAttribution,
  GradCamAttribution,
  GradientAttribution,
  GradientTimesInputAttribution,
  IntegratedGradientsAttribution,
} from './constraint/attributions.js';
export {
  type AttributionConstraint,
  type AttributionConstraintOptions,
  attributionConstraint,
  type ConstraintInput,
  type ConstraintTerm,
  type WeightedAttribution,
} from './constraint/constraint.js';
export { type Penalty, penaltyNames } from './constraint/penalty.js';
export {
  type Forward,
  type RecordedPass,
  type RecordPassOptions,
  recordPass,
} from './constraint/recorded-pass.js';
export {
  type Positives,
  positivesNames,
  type Region,
  type RegionInput,
  regionNames,
} from './constraint/region.js';
export type { Scale } from './constraint/scale.js';
export type { FixedWeight, RatioWeight, Weight } from './constraint/weight.js';
export * from './display/index.js';
export type { Attribution } from './ensemble/attribution.js';
export { dihedralMaps } from './ensemble/dihedral.js';
export { type MultiScaleOptions, multiScaleMaps } from './ensemble/multi-scale.js';
export { paddedMaps } from './ensemble/padded.js';
export type { Explainable, Layer, MapLayer, Tap, TokenLayer } from './explainable.js';
export { type GradCamOptions, gradCam } from './grad-cam.js';
export type { Baseline } from './gradients/baseline.js';
export type { Channels } from './gradients/channels.js';
export { type ExpectedGradientsOptions, expectedGradients } from './gradients/expected-gradients.js';
export { type GradientTimesInputOptions, gradientTimesInput } from './gradients/gradient-times-input.js';
export { type InputGradientOptions, inputGradient } from './gradients/input-gradient.js';
export { type IntegratedGradientsOptions, integratedGradients } from './gradients/integrated-gradients.js';
export { targetGradient } from './gradients/target-gradient.js';
export { type InBatchesOptions, inBatches } from './in-batches.js';
export type { Placement } from './placement.js';
export { resizeImages, resizeMaps } from './resize.js';
export {
  type LabelThreshold,
  type LabelThresholdOptions,
  labelThreshold,
} from './segment/label-threshold.js';
export {
  type LevelCounts,
  type MapHistogram,
  type MapHistogramOptions,
  mapHistogram,
} from './segment/map-histogram.js';
export { type PseudoMaskOptions, pseudoMasks } from './segment/pseudo-masks.js';
export { type SegmentOptions, segment } from './segment/segment.js';
export { removeSmallObjects, type SmallObjectsOptions } from './segment/small-objects.js';
export { smoothMaps } from './segment/smooth.js';
export { chooseMapThreshold, type MapThresholdOptions } from './segment/threshold.js';
export type { Target } from './target.js';
