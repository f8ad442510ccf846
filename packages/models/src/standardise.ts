import { mul, reshape, sub, type Tensor4D, tensor1d, tidy } from '@tensorflow/tfjs-core';

/**
 * (images − mean) / std per colour channel. The constants are repeated along a row of pixels, since
 * broadcasting three numbers at a time is slow.
 */
export function standardise(images: Tensor4D, mean: readonly number[], std: readonly number[]): Tensor4D {
  const [batch, height, width, channels] = images.shape;
  return tidy(() => {
    const row = (value: (channel: number) => number) =>
      tensor1d(Float32Array.from({ length: width * channels }, (_, index) => value(index % channels)));
    const rows = reshape(images, [batch * height, width * channels]);
    const centred = sub(
      rows,
      row((channel) => mean[channel]!),
    );
    return reshape(
      mul(
        centred,
        row((channel) => 1 / std[channel]!),
      ),
      images.shape,
    );
  });
}
