import {
  expandDims,
  matMul,
  type Rank,
  reshape,
  type Tensor,
  type Tensor3D,
  type Tensor4D,
  tensor2d,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';

/**
 * Bilinear resizing: each map is multiplied by one interpolation matrix per axis. Unlike
 * tf.image.resizeBilinear this has second-order gradients, and needs no kernel but the product.
 * @param maps `[B, h, w]`.
 * @param origin the pixel (from the top left, both ways) that the first cell is centred on.
 *   Default: the whole grid in the middle of the image; where its cells fill that, each in the middle of its share, as
 *   OpenCV, PyTorch's `align_corners=False` and tf.image's `halfPixelCenters` have it.
 * @param stride pixels from one cell to the next. Default: what makes the cells fill the image.
 * @returns `[B, height, width]`.
 */
export function resizeMaps(
  maps: Tensor3D,
  [height, width]: readonly [height: number, width: number],
  origin?: number,
  stride?: number,
): Tensor3D {
  const [batch, h, w] = maps.shape;
  if (h === height && w === width) return maps.clone();
  return tidy(() => {
    const across = weights(w, width, { origin, stride }, 'transposed');
    const columns = matMul(reshape(maps, [batch * h, w]), across);
    const down = expandDims(weights(h, height, { origin, stride }), 0);
    return matMul(down, reshape(columns, [batch, h, width])) as Tensor3D;
  });
}

/**
 * Bilinear resizing of images, each channel as `resizeMaps` does it.
 * @param images `[B, h, w, C]`. @returns `[B, height, width, C]`.
 */
export function resizeImages(
  images: Tensor4D,
  [height, width]: readonly [height: number, width: number],
): Tensor4D {
  const [batch, h, w, channels] = images.shape;
  if (h === height && w === width) return images.clone();
  return tidy(() => {
    const planes = reshape<Rank.R3>(transpose(images, [0, 3, 1, 2]), [batch * channels, h, w]);
    const resized = reshape<Rank.R4>(resizeMaps(planes, [height, width]), [batch, channels, height, width]);
    return transpose(resized, [0, 2, 3, 1]);
  });
}

/** The interpolation matrix `[to, from]`, or its transpose. */
function weights(
  from: number,
  to: number,
  { origin, stride }: { readonly origin: number | undefined; readonly stride: number | undefined },
  form?: 'transposed',
): Tensor {
  const step = stride ?? to / from;
  const start = origin ?? (to - 1 - (from - 1) * step) / 2;
  const matrix = new Float32Array(to * from);
  for (let i = 0; i < to; i++) {
    const centre = Math.min(Math.max((i - start) / step, 0), from - 1);
    const low = Math.floor(centre);
    const high = Math.min(low + 1, from - 1);
    const place = (j: number): number => (form ? j * to + i : i * from + j);
    matrix[place(low)]! += 1 - (centre - low);
    matrix[place(high)]! += centre - low;
  }
  return form ? tensor2d(matrix, [from, to]) : tensor2d(matrix, [to, from]);
}
