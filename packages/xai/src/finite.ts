import { getBackend, mul, sum, type Tensor1D, type Tensor3D, tidy } from '@tensorflow/tfjs-core';

/**
 * Refuses maps that hold NaN or infinity, naming the first such image. The webgpu
 * backend reads only asynchronously; there this does nothing and `inBatches` checks.
 */
export function requireFinite(maps: Tensor3D, what: string): void {
  if (getBackend() === 'webgpu') return;
  const marks = finiteMarks(maps);
  const values = marks.dataSync();
  marks.dispose();
  refuse(values, what);
}

/** As `requireFinite`, on every backend. */
export async function requireFiniteAsync(maps: Tensor3D, what: string): Promise<void> {
  const marks = finiteMarks(maps);
  try {
    refuse(await marks.data(), what);
  } finally {
    marks.dispose();
  }
}

/** 0 for a finite map, NaN for any other: one number an image to read, by kernels that every backend has. */
function finiteMarks(maps: Tensor3D): Tensor1D {
  return tidy(() => sum<Tensor1D>(mul(maps, 0), [1, 2]));
}

function refuse(marks: ArrayLike<number>, what: string): void {
  const index = Array.from(marks).findIndex((mark) => !Number.isFinite(mark));
  if (index < 0) return;
  throw new Error(
    `${what} is not finite for image ${index}: look for NaN or infinity in it or in the model's weights.`,
  );
}
