import type { NativeKernel } from '../kernel.js';
import { batchNormKernels } from './batch-norm.js';
import { concatKernels } from './concat.js';
import { depthwiseKernels } from './depthwise.js';
import { gatherKernels } from './gather.js';
import { matmulKernels } from './matmul.js';
import { padKernels } from './pad.js';
import { poolKernels } from './pool.js';
import { resizeKernels } from './resize.js';
import { sliceKernels } from './slice.js';
import { transposeKernels } from './transpose.js';

/** Everything that the addon computes; what is not here stays with the kernels copied from the cpu backend. */
export const nativeKernels: readonly NativeKernel[] = [
  ...matmulKernels,
  ...poolKernels,
  ...depthwiseKernels,
  ...batchNormKernels,
  ...transposeKernels,
  ...sliceKernels,
  ...concatKernels,
  ...padKernels,
  ...gatherKernels,
  ...resizeKernels,
];
