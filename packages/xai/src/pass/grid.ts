import { reshape, slice, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import { XaiError } from '../errors.js';
import type { Layer, TokenLayer } from '../explainable.js';

/**
 * An activation as a map `[B, h, w, C]`: maps as they are, tokens without the class
 * tokens and back on their grid.
 * @param size height and width of the input image, in pixels.
 */
export function toGrid(
  activation: Tensor,
  layer: Layer,
  size: readonly [height: number, width: number],
): Tensor4D {
  const rank = layer.kind === 'map' ? 4 : 3;
  if (activation.rank !== rank) {
    throw new XaiError(
      'layer',
      `Layer '${layer.name}' (${layer.kind}) is shaped [${activation.shape}]; expected ${
        layer.kind === 'map' ? '[B, h, w, C]' : '[B, T, D]'
      }.`,
    );
  }
  if (layer.kind === 'map') return activation as Tensor4D;
  const [batch, tokens, channels] = activation.shape as [number, number, number];
  const classTokens = layer.classTokens ?? 0;
  const [rows, columns] = tokenGrid(layer, tokens - classTokens, size);
  const places = slice(activation, [0, classTokens, 0], [batch, rows * columns, channels]);
  return reshape(places, [batch, rows, columns, channels]);
}

function tokenGrid(
  layer: TokenLayer,
  places: number,
  [height, width]: readonly [height: number, width: number],
): readonly [rows: number, columns: number] {
  const side = Math.sqrt((places * height) / width);
  const grid =
    layer.grid ?? (layer.stride ? [height / layer.stride, width / layer.stride] : [side, places / side]);
  const [rows, columns] = grid as readonly [number, number];
  if (Number.isInteger(rows) && Number.isInteger(columns) && rows * columns === places && places > 0) {
    return [rows, columns];
  }
  throw new XaiError(
    'layer',
    `Layer '${layer.name}' has ${places} tokens beside ${layer.classTokens ?? 0} class tokens, which fill no grid ` +
      `for a ${height}×${width} image: describe it in the model's layers (classTokens, stride or grid).`,
  );
}
