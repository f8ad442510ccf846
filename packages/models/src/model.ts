import type { Tensor, Tensor1D, Tensor3D, Tensor4D, Variable } from '@tensorflow/tfjs-core';

/**
 * A tap on feature maps `[B, height / stride, width / stride, channels]`, of fewer cells where convolutions without
 * padding have taken some from each side: as many as `origin` tells.
 */
export interface MapLayer {
  readonly name: string;
  readonly kind: 'map';
  readonly channels: number;
  /** Input pixels per cell. */
  readonly stride: number;
  /**
   * The input pixel, from the top left, that the first cell stands for, which is then `origin + stride · i` for cell i.
   * (stride − 1) / 2, the middle of its share of the image, is exact for symmetric downsampling; of other networks it is
   * measured. Left out where it is not known.
   */
  readonly origin?: number;
}

/** A tap on tokens `[B, classTokens + h·w, channels]`; class tokens come first, then the grid row by row. */
export interface TokenLayer {
  readonly name: string;
  readonly kind: 'tokens';
  readonly channels: number;
  /** Input pixels per grid cell: the grid of an H×W image is (H / stride) × (W / stride). */
  readonly stride: number;
  /** As of a {@link MapLayer}. */
  readonly origin?: number;
  readonly classTokens: number;
}

/** A named layer of a model, which a {@link Tap} sees as a map or as tokens. */
export type Layer = MapLayer | TokenLayer;

/** Called at each named layer; the forward pass goes on with what it returns. */
export type Tap = (layer: string, activation: Tensor) => Tensor;

/** How a forward pass runs, and who watches it. */
export interface ForwardOptions {
  /** Batch statistics, running-statistics updates, dropout. Default false. */
  readonly training?: boolean;
  /** Sees, and may replace, the activation of each of the model's `layers`. */
  readonly tap?: Tap;
  /** Seeds dropout and stochastic depth; needed in training where the model has them. */
  readonly seed?: number;
}

/**
 * What any model says of itself, one's own included: JSON-able, complete. What built the model, `createModel`,
 * `createUnet` or the function given to `registerFamily`, builds the same architecture of it again.
 */
export interface AnyModelConfig {
  readonly name: string;
  readonly [key: string]: unknown;
}

/** What models of both kinds have: named weights, and what they belong to. */
export interface Weighted<Config extends AnyModelConfig = AnyModelConfig> {
  readonly config: Config;
  /** By unique name, in creation order. `trainable` is false for running statistics. */
  readonly variables: ReadonlyMap<string, Variable>;
}

/** Height and width in pixels that images have at least, where a model asks for no more. */
export const SMALLEST_SIDE = 32;

/** One logit per image. */
export interface Model<Config extends AnyModelConfig = AnyModelConfig> extends Weighted<Config> {
  /** In order from input to output. */
  readonly layers: readonly Layer[];
  /** Height and width of the input must be multiples of this, and at least {@link smallestSide}. */
  readonly stride: number;
  /** Height and width in pixels that images have at least; {@link SMALLEST_SIDE} where it is left out. */
  readonly smallestSide?: number;
  /**
   * @param images float32 `[B, H, W, 3]`, RGB in [0, 1]; the model standardises inside.
   * @returns one logit per image, `[B]`; positive speaks for tumour.
   */
  forward(images: Tensor4D, options?: ForwardOptions): Tensor1D;
  /** Frees the weights; the model cannot be used afterwards. */
  dispose(): void;
}

/** One logit per pixel: it needs masks to learn from (`createUnet`). */
export interface SegmentationModel<Config extends AnyModelConfig = AnyModelConfig> extends Weighted<Config> {
  /** Height and width of the input must be multiples of this, and at least 32. */
  readonly stride: number;
  /**
   * @param images float32 `[B, H, W, 3]`, RGB in [0, 1]; the model standardises inside.
   * @returns one logit per pixel, `[B, H, W]`; positive speaks for tumour.
   */
  forward(images: Tensor4D, options?: Omit<ForwardOptions, 'tap'>): Tensor3D;
  /** Frees the weights; the model cannot be used afterwards. */
  dispose(): void;
}
