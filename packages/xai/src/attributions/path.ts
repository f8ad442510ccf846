import { add, mul, sub, type Tensor, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import type { AttributionPass } from '../pass/attribution-pass.js';

/** A point on the straight way from `from` (0) to the image (1). */
export interface PathPoint {
  /** Broadcasts against the images. */
  readonly from: Tensor;
  /** A number, or one an image, `[B, 1, 1, 1]`. */
  readonly at: number | Tensor;
}

/**
 * The mean over points of (x − x′) ⊙ ∂y/∂x at x′ + α (x − x′), one point after another so that memory does
 * not grow with their number (unless a tape records them).
 * @returns `[B, H, W, C]`.
 */
export function meanPathGradient(pass: AttributionPass, points: readonly PathPoint[]): Tensor4D {
  return tidy(() => {
    let total: Tensor4D | undefined;
    for (const { from, at } of points) {
      const before = total;
      total = tidy(() => {
        const way = sub<Tensor4D>(pass.images, from);
        const place = add<Tensor4D>(from, mul(way, at));
        const step = mul<Tensor4D>(way, pass.imageGradient(place));
        return before ? add<Tensor4D>(before, step) : step;
      });
      before?.dispose();
    }
    return mul(total!, 1 / points.length);
  });
}
