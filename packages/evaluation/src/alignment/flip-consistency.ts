import { type Attribution, inBatches, resizeMaps } from '@pcam/xai';
import {
  div,
  mean,
  mul,
  reverse,
  slice,
  sqrt,
  sub,
  sum,
  type Tensor,
  type Tensor3D,
  type Tensor4D,
  tidy,
} from '@tensorflow/tfjs-core';
import { checkOptions, EvaluationError } from '../errors.js';
import { checkAttribute } from '../mapped-batches.js';

/** How {@link flipConsistency} looks. */
export interface FlipConsistencyOptions {
  /** Pixels to try for the first cell. Default: 65 of them, half a stride to both sides of (stride − 1) / 2. */
  readonly origins?: readonly number[] | undefined;
  /** Images at a time. Default 32. */
  readonly batchSize?: number | undefined;
}

/** How well the maps of flipped images agree with the maps, when cells are placed from `origin` on. */
export interface FlipAgreement {
  /** The pixel that the first cell is placed at, from the top left, both ways. */
  readonly origin: number;
  /** Pearson's, over the pixels of an image; the mean over images and the three flips. */
  readonly correlation: number;
}

/** What {@link flipConsistency} finds: where maps agree best, between the origins that were tried. */
export interface FlipConsistency extends FlipAgreement {
  /** Pixels per cell. */
  readonly stride: number;
  /** Of each origin that was tried, in order. */
  readonly curve: readonly FlipAgreement[];
}

/** Upside down, sideways, both. */
const flips: readonly (readonly number[])[] = [[1], [2], [1, 2]];

/**
 * Where a network's cells lie: the origin at which maps of flipped images, flipped back, agree best with the maps. A
 * network that sees what a pixel shows wherever its image is turned agrees best at its cells' true places. Pixels
 * within a stride of the border are left out.
 *
 * @param cells maps on the layer's own grid, `[B, h, w]`: `(x) => gradCam(model, x, { resize: false })`.
 * @param images `[B, H, W, 3]`, at least three strides high and wide.
 * @throws EvaluationError `size` for a grid that does not divide the images, or images too small for it; `maps` where
 *   all maps are constant, or not finite.
 */
export async function flipConsistency(
  cells: Attribution,
  images: Tensor4D,
  options: FlipConsistencyOptions = {},
): Promise<FlipConsistency> {
  checkOptions<FlipConsistencyOptions>('flipConsistency', options, { origins: true, batchSize: true });
  checkAttribute('flipConsistency', cells);
  const { batchSize = 32 } = options;
  const plain = await inBatches(images, cells, { batchSize });
  const flipped: Tensor3D[] = [];
  try {
    const stride = strideOf(images, plain);
    for (const axes of flips) {
      const seen = (x: Tensor4D): Tensor3D => tidy(() => cells(reverse(x, [...axes])));
      flipped.push(await inBatches(images, seen, { batchSize }));
    }
    const around = Array.from({ length: 65 }, (_, i) => (stride - 1) / 2 + (i / 64 - 0.5) * stride);
    const curve: FlipAgreement[] = [];
    for (const origin of options.origins ?? around) {
      curve.push({ origin, correlation: await agreement(plain, flipped, images, stride, origin) });
    }
    return { stride, curve, ...highest(curve) };
  } finally {
    for (const maps of [plain, ...flipped]) maps.dispose();
  }
}

function strideOf(images: Tensor4D, maps: Tensor3D): number {
  const [, height, width] = images.shape;
  const [, h, w] = maps.shape;
  const stride = height / h;
  if (Number.isInteger(stride) && width / w === stride && Math.min(height, width) >= 3 * stride) {
    return stride;
  }
  throw new EvaluationError(
    'size',
    `flipConsistency: cells gave maps of ${h}×${w} for images of ${height}×${width}; it takes maps on the layer's own grid (resize: false), of at least 3×3 cells that divide the images`,
  );
}

async function agreement(
  plain: Tensor3D,
  flipped: readonly Tensor3D[],
  images: Tensor4D,
  stride: number,
  origin: number,
): Promise<number> {
  const [batch, height, width] = images.shape;
  const placed = (maps: Tensor3D, axes: readonly number[]): Tensor3D => {
    const back = reverse(resizeMaps(maps, [height, width], origin), [...axes]);
    return slice(back, [0, stride, stride], [batch, height - 2 * stride, width - 2 * stride]);
  };
  const each: number[] = [];
  for (const [k, axes] of flips.entries()) {
    const correlations = tidy(() => correlationOf(placed(plain, []), placed(flipped[k]!, axes)));
    each.push(...(await correlations.data()));
    correlations.dispose();
  }
  // A constant map agrees with nothing.
  const known = each.filter(Number.isFinite);
  if (known.length > 0) return known.reduce((a, b) => a + b) / known.length;
  throw new EvaluationError(
    'maps',
    'flipConsistency: no map varies over its image, so that none agrees with another; give images with tissue of both kinds, or another layer',
  );
}

/** Of each image, `[B]`; not a number where a map is constant. */
function correlationOf(a: Tensor3D, b: Tensor3D): Tensor {
  const [x, y] = [a, b].map((maps) => sub(maps, mean(maps, [1, 2], true))) as [Tensor, Tensor];
  const product = (p: Tensor, q: Tensor): Tensor => sum(mul(p, q), [1, 2]);
  return div(product(x, y), sqrt(mul(product(x, x), product(y, y))));
}

/** The top of a parabola through the highest of the curve and its neighbours, where these are as far apart. */
function highest(curve: readonly FlipAgreement[]): FlipAgreement {
  const at = curve.reduce(
    (best, { correlation }, i) => (correlation > curve[best]!.correlation ? i : best),
    0,
  );
  const [before, top, after] = [curve[at - 1], curve[at]!, curve[at + 1]];
  if (!before || !after) return top;
  const step = after.origin - top.origin;
  const bend = before.correlation - 2 * top.correlation + after.correlation;
  if (Math.abs(top.origin - before.origin - step) > 1e-9 || bend === 0) return top;
  const slope = (after.correlation - before.correlation) / 2;
  const moved = -slope / bend;
  return { origin: top.origin + moved * step, correlation: top.correlation + (slope * moved) / 2 };
}
