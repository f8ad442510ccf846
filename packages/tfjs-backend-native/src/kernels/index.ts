import type { NativeKernel } from '../kernel.js';
import { binaryKernels } from './binary.js';
import { convertKernels } from './convert.js';
import { fillKernels } from './fill.js';
import { matmulKernels } from './matmul.js';
import { reduceKernels } from './reduce.js';
import { softmaxKernels } from './softmax.js';
import { unaryKernels } from './unary.js';

/** Everything that the addon computes; what is not here stays with the kernels copied from the cpu backend. */
export const nativeKernels: readonly NativeKernel[] = [
  ...matmulKernels,
  ...binaryKernels,
  ...convertKernels,
  ...fillKernels,
  ...reduceKernels,
  ...softmaxKernels,
  ...unaryKernels,
];
