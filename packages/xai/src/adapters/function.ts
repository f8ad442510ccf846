import { describeValue } from '@pcam/options';
import { type Tensor, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { checkOptions } from '../check-options.js';
import { XaiError } from '../errors.js';
import type { Explainable, Layer, Tap } from '../explainable.js';
import { describeLayers } from './describe-layers.js';
import { requireKind } from './require-model.js';

/** A forward pass that calls `tap(name, activation)` at each layer and goes on with what it returns. */
export type TappedForward = (images: Tensor4D, tap: Tap) => Tensor;

/** A forward pass cut at the activation of interest: `head(features(images))` are the logits. */
export interface ForwardParts {
  /** `[B, H, W, C]` to the activation of interest. */
  features(images: Tensor4D): Tensor;
  /** From that activation to logits, `[B]` or `[B, classes]`. */
  head(features: Tensor): Tensor;
}

/** Of {@link fromFunction}. */
export interface FromFunctionOptions {
  /**
   * The layers the function taps, from input to output. Without it a tapped layer must be
   * named, and counts as a map or as tokens on a grid of the image's shape by its rank.
   * For a pair: the description of `features`. Default: a map named 'features'.
   */
  readonly layers?: readonly Layer[];
}

/**
 * Makes a plain function explainable: either one that taps its layers, or a pair of
 * functions that meet at the layer.
 */
export function fromFunction(
  forward: TappedForward | ForwardParts,
  options: FromFunctionOptions = {},
): Explainable {
  requireKind('fromFunction', 'function', forward);
  checkOptions<FromFunctionOptions>('fromFunction', options, { layers: true }, HINTS);
  const described = options.layers && describeLayers('fromFunction', options.layers);
  if (typeof forward === 'function') {
    const run = (images: Tensor4D, tap: Tap = (_, value) => value): Tensor =>
      tidy(() =>
        forward(images, (layer, activation) => {
          requireName(layer);
          return tap(layer, activation);
        }),
      );
    const model: Explainable = { forward: (images, { tap } = {}) => run(images, tap) };
    return described ? { ...model, layers: described } : model;
  }
  if (typeof forward.features !== 'function' || typeof forward.head !== 'function') {
    throw new XaiError(
      'model',
      'fromFunction takes a function of images and tap, or features and head, two functions.',
    );
  }
  const layers: readonly Layer[] = described ?? [{ name: 'features', kind: 'map' }];
  const [layer] = layers;
  if (!layer || layers.length > 1) {
    throw new XaiError(
      'model',
      `A pair of functions meets at one layer; options.layers describes ${layers.length}.`,
    );
  }
  return {
    layers,
    forward: (images, { tap } = {}) =>
      tidy(() => {
        const features = forward.features(images);
        return forward.head(tap ? tap(layer.name, features) : features);
      }),
  };
}

function requireName(layer: unknown): void {
  if (typeof layer === 'string') return;
  throw new XaiError(
    'model',
    `tap takes a layer's name first, as in tap('features', activation), got ${describeValue(layer)}.`,
  );
}

const HINTS = { layer: 'give layers, a list of descriptions' };
