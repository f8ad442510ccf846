import type { Tensor3D } from '@tensorflow/tfjs-core';
import { XaiError } from './errors.js';
import type { Layer } from './explainable.js';
import { resizeMaps } from './resize.js';

/**
 * Where the cells of a layer's grid lie in the image:
 * - `'tile'`: each in the middle of its share of the image, as in PyTorch's `align_corners=False`, OpenCV and
 *   pytorch-grad-cam; a grid that by the layer's `stride` does not fill the image lies in its middle;
 * - `'receptiveField'`: each where the layer's `origin` says that it looks. Networks that downsample symmetrically look
 *   at the middle of each share, and both are the same; of others the origin is a matter of measurement, for trained
 *   cells look beside the middle of the field that the architecture gives them.
 */
export type Placement = 'tile' | 'receptiveField';

export const PLACEMENTS: readonly Placement[] = ['tile', 'receptiveField'];

/**
 * Brings maps from a layer's grid to the image, bilinearly.
 *
 * @param maps `[B, h, w]`. @returns `[B, height, width]`.
 * @throws XaiError for `'receptiveField'` of a layer without an origin.
 */
export function placeMaps(
  maps: Tensor3D,
  size: readonly [height: number, width: number],
  layer: Layer,
  placement: Placement = 'tile',
): Tensor3D {
  if (placement === 'tile') return resizeMaps(maps, size, undefined, layer.stride);
  if (layer.origin !== undefined) return resizeMaps(maps, size, layer.origin, layer.stride);
  throw new XaiError(
    'layer',
    `placement 'receptiveField': layer '${layer.name}' has no origin; give it one in the model's layers, or leave placement at 'tile'.`,
  );
}
