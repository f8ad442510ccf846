import { dispose, profile, type Tensor, type Tensor4D, tidy, zeros } from '@tensorflow/tfjs-core';
import type { Weighted } from './model.js';

/** The number of trainable values. */
export function countParameters(model: Weighted): number {
  let count = 0;
  for (const variable of model.variables.values()) if (variable.trainable) count += variable.size;
  return count;
}

/**
 * Floating-point operations of one image's forward pass in convolutions and matrix products, a multiply-add
 * counted as two. Runs one zero image to see them; a training step takes about three times as many.
 */
export async function countFlops(
  model: { forward(images: Tensor4D): Tensor },
  height: number,
  width: number,
): Promise<number> {
  const { kernels, result } = await profile(() =>
    tidy((): Tensor => model.forward(zeros([1, height, width, 3]))),
  );
  dispose(result);
  let flops = 0;
  for (const { name, inputShapes, outputShapes } of kernels) {
    const [first, second] = inputShapes as number[][];
    const output = sizeOf(outputShapes[0] as number[]);
    if (name === 'Conv2D' || name === 'FusedConv2D') flops += 2 * output * sizeOf(second!.slice(0, 3));
    if (name === 'BatchMatMul' || name === '_FusedMatMul')
      flops += 2 * output * innerSize(first!, second!, output);
  }
  return flops;
}

/** k of [m, k] × [k, n], whichever of them is transposed: mk · kn / mn = k². */
function innerSize(a: readonly number[], b: readonly number[], output: number): number {
  const batch = Math.max(sizeOf(a.slice(0, -2)), sizeOf(b.slice(0, -2)));
  return Math.round(Math.sqrt((sizeOf(a.slice(-2)) * sizeOf(b.slice(-2)) * batch) / output));
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
