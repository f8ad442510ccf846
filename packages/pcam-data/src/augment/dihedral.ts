import { reverse, type Tensor3D, type Tensor4D, tidy, transpose } from '@tensorflow/tfjs-core';
import { DIHEDRAL_ORDER, inverseDihedral } from './geometry.js';

/**
 * One of the 8 symmetries of the square applied to every image or map of a batch: a
 * left–right flip where `k & 4`, then `k & 3` quarter turns counter-clockwise. Odd `k`
 * swaps height and width. Differentiable; exact.
 *
 * @param batch images `[B, H, W, C]` or maps `[B, H, W]`.
 * @param k 0–7; 0 is the identity.
 * @throws RangeError for any other k.
 */
export function dihedral<T extends Tensor3D | Tensor4D>(batch: T, k: number): T {
  if (!Number.isInteger(k) || k < 0 || k >= DIHEDRAL_ORDER) {
    throw new RangeError(`dihedral: k must be a whole number from 0 to 7, got ${k}`);
  }
  return tidy(() => {
    const swap = batch.rank === 4 ? [0, 2, 1, 3] : [0, 2, 1];
    const flipped = k & 4 ? reverse(batch, 2) : batch;
    switch (k & 3) {
      case 0:
        return flipped === batch ? batch.clone() : flipped;
      case 1:
        return reverse(transpose(flipped, swap), 1);
      case 2:
        return reverse(flipped, [1, 2]);
      default:
        return reverse(transpose(flipped, swap), 2);
    }
  }) as T;
}

/**
 * Undoes {@link dihedral}: `undihedral(dihedral(x, k), k)` is `x`. For test-time
 * augmentation, to lay the map of a turned image back over the image itself.
 *
 * @throws RangeError where k is not 0–7.
 */
export function undihedral<T extends Tensor3D | Tensor4D>(batch: T, k: number): T {
  return dihedral(batch, Number.isInteger(k) && k >= 0 && k < DIHEDRAL_ORDER ? inverseDihedral(k) : k);
}
