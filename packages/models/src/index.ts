export type { Downsampling } from './blocks/downsampling.js';
export type { PoolField } from './blocks/pooled-head.js';
export type { Group } from './blocks/symmetry-group.js';
export { type CreateUnetOptions, createUnet, type UnetConfig, type UnetOptions } from './families/unet.js';
export type { StandardOptions } from './family.js';
export { countFlops, countParameters } from './inspect.js';
export {
  type AnyModelConfig,
  type ForwardOptions,
  type Layer,
  type MapLayer,
  type Model,
  type SegmentationModel,
  SMALLEST_SIDE,
  type Tap,
  type TokenLayer,
  type Weighted,
} from './model.js';
export type { OwnFamily } from './registered.js';
export * from './registry.js';
export {
  decodeSafetensors,
  encodeSafetensors,
  type NamedTensor,
  type SafetensorsContent,
} from './safetensors.js';
export { decodeModel, decodeUnet, encodeModel, readWeights, writeWeights } from './weights.js';
