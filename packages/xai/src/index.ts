export {
  type ForwardParts,
  type FromFunctionOptions,
  fromFunction,
  type TappedForward,
} from './adapters/function.js';
export { type FromGraphModelOptions, fromGraphModel, type GraphModelLike } from './adapters/graph-model.js';
export type { LayerLike, LayersModelLike, SymbolicTensorLike } from './adapters/layers-graph.js';
export { type FromLayersModelOptions, fromLayersModel } from './adapters/layers-model.js';
export type { LayerMapOptions, PixelMapOptions } from './attributions/attribute.js';
export type { Baseline } from './attributions/baseline.js';
export {
  type AttributionName,
  type AttributionValues,
  attributionBy,
  attributionMap,
  attributionNames,
  attributionOptions,
  describeAttribution,
  type NamedAttribution,
  needsReferences,
  otherAttributionNames,
  type SharedOption,
} from './attributions/by-name.js';
export { type Channels, channelsNames } from './attributions/channels.js';
export type {
  AttributionDefinition,
  AttributionOption,
  Citation,
  OptionKind,
  OptionsOf,
} from './attributions/definition.js';
export type { DrawOptions } from './attributions/expected-gradients.js';
export type { BaselineOptions } from './attributions/gradient-times-input.js';
export type { PathOptions } from './attributions/integrated-gradients.js';
export type { AttributionUse, LayerOptions } from './attributions/options.js';
export * from './attributions/table.js';
export {
  type AttributionConstraint,
  type AttributionConstraintOptions,
  attributionConstraint,
  type ConstraintInput,
  type ConstraintTerm,
  type WeightedAttribution,
} from './constraint/constraint.js';
export { type Penalty, penaltyNames, type Scale } from './constraint/penalty.js';
export {
  type Positives,
  positivesNames,
  type Region,
  type RegionInput,
  regionNames,
} from './constraint/region.js';
export type { FixedWeight, RatioWeight, Weight } from './constraint/weight.js';
export * from './display/index.js';
export type { Attribution } from './ensemble/attribution.js';
export { type AveragedMapsOptions, averagedMaps } from './ensemble/averaged.js';
export { dihedralMaps } from './ensemble/dihedral.js';
export { defaultScales, type MultiScaleOptions, multiScaleMaps } from './ensemble/multi-scale.js';
export { paddedMaps } from './ensemble/padded.js';
export { XaiError, type XaiErrorCode } from './errors.js';
export type { Explainable, Layer, MapLayer, Tap, TokenLayer } from './explainable.js';
export { type InBatchesOptions, inBatches } from './in-batches.js';
export {
  type ActivationGradient,
  type ActivationGradientOptions,
  activationAndGradient,
} from './pass/activation-gradient.js';
export { type AttributionPass, defaultLayer, type LayerSlopes } from './pass/attribution-pass.js';
export {
  type Forward,
  type RecordedPass,
  type RecordPassOptions,
  recordPass,
} from './pass/recorded-pass.js';
export { targetGradient } from './pass/target-gradient.js';
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
export { chooseMapThreshold, type MapThresholdOptions, mapThresholdMethods } from './segment/threshold.js';
export type { Target } from './target.js';
