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
export { type ColorMap, type ColorMapName, colorMap } from './display/color-map.js';
export {
  type ColorizeOptions,
  colorize,
  type ImageValues,
  type MapValues,
  type OverlayOptions,
  overlay,
} from './display/colorize.js';
export { type LegendOptions, legend } from './display/legend.js';
export { displayRange, normalize, type Range } from './display/range.js';
export type { Explainable, Layer, MapLayer, Tap, TokenLayer } from './explainable.js';
export { type GradCamOptions, gradCam } from './grad-cam.js';
export { enableHigherOrderGradients } from './higher-order/enable.js';
export { type InBatchesOptions, inBatches } from './in-batches.js';
export { resizeMaps } from './resize.js';
export type { Target } from './target.js';
