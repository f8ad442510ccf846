import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';

/** A named activation shaped `[B, h, w, C]`. */
export interface MapLayer {
  readonly name: string;
  readonly kind: 'map';
  /**
   * The input pixel, from the top left, that the first cell looks at: (stride − 1) / 2 where all downsampling is by
   * windows around the middle of a cell's share. Convolutions with a stride that pad (kernel − 1) / 2 centre receptive
   * fields on 0, but trained with flips they look further in, about halfway. Read by `placement: 'receptiveField'` alone.
   */
  readonly origin?: number;
  /** Input pixels from one cell to the next. Default: what makes the cells fill the image. */
  readonly stride?: number;
}

/** A named activation shaped `[B, classTokens + h·w, D]`; class tokens come first, then the grid row by row. */
export interface TokenLayer {
  readonly name: string;
  readonly kind: 'tokens';
  /** As of a map. */
  readonly origin?: number;
  /** Tokens before the grid, which stand for no place in the image. Default 0. */
  readonly classTokens?: number;
  /** Input pixels per grid cell: the grid of an H×W image is (H / stride) × (W / stride). */
  readonly stride?: number;
  /** Rows and columns of tokens, where they do not follow from a stride or from the image's shape. */
  readonly grid?: readonly [rows: number, columns: number];
}

/** A named activation that tells of places. */
export type Layer = MapLayer | TokenLayer;

/** Called at each named layer; the forward pass goes on with what it returns. */
export type Tap = (layer: string, activation: Tensor) => Tensor;

/**
 * What an attribution method needs of a model: a forward pass that lets a tap read or
 * replace named activations. The models of `@pcam/models` are explainable as they are;
 * `fromLayersModel`, `fromGraphModel` and `fromFunction` make others so.
 */
export interface Explainable {
  /**
   * Inference: images in a batch must not influence each other.
   * @param images `[B, H, W, C]`, in whatever range the model expects.
   * @returns logits (scores before sigmoid or softmax), `[B]` or `[B, classes]`.
   */
  forward(images: Tensor4D, options?: { readonly tap?: Tap }): Tensor;
  /** The tapped layers from input to output; a method's default layer is the last. */
  readonly layers?: readonly Layer[];
}
