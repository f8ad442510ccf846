import type { NativeKernel } from '../kernel.js';
import { convKernels } from './conv.js';
import { matmulKernels } from './matmul.js';
import { poolKernels } from './pool.js';

/** Everything that the addon computes; what is not here stays with the kernels copied from the cpu backend. */
export const nativeKernels: readonly NativeKernel[] = [...convKernels, ...matmulKernels, ...poolKernels];
