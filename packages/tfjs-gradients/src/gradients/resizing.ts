import {
  type GradConfig,
  image,
  reshape,
  type Tensor,
  type Tensor4D,
  tensor2d,
  transpose,
} from '@tensorflow/tfjs-core';
import { runKernel } from '../registry.js';
import { flat, ofInputs } from './of-inputs.js';
import { throughMatrix } from './spread.js';

interface Attrs {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

type Size = [number, number];

/** For one axis, the two old places that a new one lies between, and how far it is towards the second. */
type Between = (
  exact: number,
  last: number,
  attrs: Attrs,
) => readonly [low: number, high: number, part: number];

const linearly: Between = (exact, last) => {
  const low = Math.max(0, Math.floor(exact));
  return [low, Math.min(last, Math.ceil(exact)), exact - low];
};

const nearest: Between = (exact, last, { alignCorners, halfPixelCenters }) => {
  const at = halfPixelCenters ? exact + 0.5 : exact;
  const low = Math.max(0, Math.min(last, alignCorners ? Math.round(at) : Math.floor(at)));
  return [low, low, 0];
};

/** One axis' weights `[to, from]` of the old places in the new. */
function weights(from: number, to: number, between: Between, attrs: Attrs): Tensor {
  const { alignCorners, halfPixelCenters } = attrs;
  const scale = alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;
  const matrix = new Float32Array(to * from);
  for (let i = 0; i < to; i++) {
    const exact = halfPixelCenters ? (i + 0.5) * scale - 0.5 : i * scale;
    const [low, high, part] = between(exact, from - 1, attrs);
    matrix[i * from + low]! += 1 - part;
    matrix[i * from + high]! += part;
  }
  return tensor2d(matrix, [to, from]);
}

type ByKernel = (dy: Tensor, images: Tensor, attrs: Attrs) => Tensor;

/** The kernel of tfjs's cpu backend swaps height and width in the result's shape. */
const bilinearly: ByKernel = (dy, images, attrs) =>
  reshape(runKernel<Tensor>('ResizeBilinearGrad', { dy, images }, attrs), images.shape);

/** The kernel of tfjs's cpu backend errs in all but the first image, so the others go in as its channels. */
const toNearest: ByKernel = (dy, images, attrs) => {
  const [batch, height, width, channels] = images.shape as [number, number, number, number];
  if (batch === 1) return runKernel('ResizeNearestNeighborGrad', { dy, images }, attrs);
  const joined = reshape(transpose(dy, [1, 2, 0, 3]), [1, dy.shape[1]!, dy.shape[2]!, batch * channels]);
  const shape = [1, height, width, batch * channels];
  const sums = runKernel('ResizeNearestNeighborGrad', { dy: joined, images: reshape(images, shape) }, attrs);
  return transpose(reshape(sums, [height, width, batch, channels]), [2, 0, 1, 3]);
};

/**
 * The gradients of a resizing and of its gradient's kernel. tfjs's kernels take no notice of half-pixel centres;
 * with them, weights are multiplied instead.
 */
function family(
  kernelName: 'ResizeBilinear' | 'ResizeNearestNeighbor',
  forward: (images: Tensor4D, size: Size, alignCorners: boolean, halfPixelCenters: boolean) => Tensor,
  between: Between,
  byKernel: ByKernel,
): GradConfig[] {
  return [
    ofInputs<Attrs>(kernelName, ['images'], (dy, [images], attrs) => ({
      images: () => {
        if (!attrs.halfPixelCenters) return byKernel(dy, images!, attrs);
        return [1, 2].reduce<Tensor>((values, axis) => {
          const [from, to] = [images!.shape[axis]!, dy.shape[axis]!];
          return throughMatrix(values, axis, weights(from, to, between, attrs));
        }, dy);
      },
    })),
    ofInputs<Attrs>(`${kernelName}Grad`, ['dy', 'images'], (given, [dy, images], attrs) => ({
      dy: () => {
        const { alignCorners, halfPixelCenters } = attrs;
        const size = dy!.shape.slice(1, 3) as Size;
        const values: Tensor = reshape(given, images!.shape);
        return forward(values as Tensor4D, size, alignCorners, halfPixelCenters);
      },
      images: flat(images!),
    })),
  ];
}

export const resizing: readonly GradConfig[] = [
  ...family('ResizeBilinear', image.resizeBilinear, linearly, bilinearly),
  ...family('ResizeNearestNeighbor', image.resizeNearestNeighbor, nearest, toNearest),
];
