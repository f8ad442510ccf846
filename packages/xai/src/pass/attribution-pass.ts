import { type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { requireModel } from '../adapters/require-model.js';
import type { Explainable, Layer } from '../explainable.js';
import { requireGradients, requireImages } from '../require.js';
import type { Target } from '../target.js';
import { type ActivationGradient, slopesOf } from './activation-gradient.js';
import { toGrid } from './grid.js';
import { requireLayerName } from './layers.js';
import type { Forward, RecordedPass } from './recorded-pass.js';
import { targetGradient } from './target-gradient.js';

/** A layer's activation A and the slopes ∂y/∂A of each image's own target y, on its grid and without class tokens. */
export interface LayerSlopes {
  readonly layer: Layer;
  /** `[B, h, w, C]`. */
  readonly activation: Tensor4D;
  /** `[B, h, w, C]`. */
  readonly gradient: Tensor4D;
}

/** What attributions are derived from, be it one look at images or a training step: differentiable all of it. */
export interface AttributionPass {
  /** `[B, H, W, C]`. */
  readonly images: Tensor4D;
  /** In training, the step: what is drawn then differs from step to step and from image to image. */
  readonly step?: number;
  /** @param layer by name; without one, the last that says where. @throws XaiError `layer` where there is none. */
  at(layer?: string): LayerSlopes;
  /** ∂y/∂x, `[B, H, W, C]`, of the pass's images, or by one more forward pass of others in their place. */
  imageGradient(images?: Tensor4D): Tensor4D;
}

/**
 * One look at images, made as far as it is asked for: for a layer one forward pass and a backward pass no further down
 * than it. On no tape but the caller's, so that memory does not grow with what is asked. To be called in a tidy.
 */
export function lookAt(model: Explainable, images: Tensor4D, target?: Target): AttributionPass {
  requireModel(model);
  requireImages(images);
  requireGradients();
  const found = new Map<string | undefined, ActivationGradient>();
  return {
    images,
    at(name) {
      requireLayerName(name);
      const slopes = found.get(name) ?? slopesOf(model, images, { layer: name, target });
      found.set(name, slopes);
      return onGrid(slopes, images);
    },
    imageGradient: (others = images) => targetGradient(model, others, target),
  };
}

/** The pass of a training step, on its tape. @param forward the model as the step sees it, for other images. */
export function passOfStep(pass: RecordedPass, forward: Forward, step: number): AttributionPass {
  const model: Explainable = {
    forward: (images) => forward(images, { tap: (_, activation) => activation }),
  };
  return {
    images: pass.images,
    step,
    at(name) {
      const layer = pass.layer(name);
      const activation = pass.activation(layer.name);
      return onGrid({ layer, activation, gradient: pass.gradient(activation) }, pass.images);
    },
    imageGradient: (others = pass.images) =>
      others === pass.images
        ? (pass.gradient(others) as Tensor4D)
        : targetGradient(model, others, pass.target),
  };
}

/**
 * The layer that attributions at a layer explain where none is named, such as gradCam's default: the last one that
 * says where. After a transformer's last attention only the class token may count; then it is the one before.
 *
 * @param images `[B, H, W, C]`, to look at.
 * @throws XaiError `layer` where the model has none, or where it cannot be told (see `gradCam`).
 */
export function defaultLayer(model: Explainable, images: Tensor4D, target?: Target): Layer {
  let layer: Layer | undefined;
  tidy(() => {
    layer = lookAt(model, images, target).at().layer;
  });
  return layer!;
}

function onGrid({ layer, activation, gradient }: ActivationGradient, images: Tensor4D): LayerSlopes {
  const size = [images.shape[1], images.shape[2]] as const;
  return {
    layer,
    activation: toGrid(activation, layer, size),
    gradient: toGrid(gradient, layer, size),
  };
}
