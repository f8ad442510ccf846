import type { NativeKernel } from '../kernel.js';
import { batchNormKernels } from './batch-norm.js';
import { convKernels } from './conv.js';
import { layerNormKernels } from './layer-norm.js';
import { matmulKernels } from './matmul.js';
import { optimizerKernels } from './optimizer.js';
import { poolKernels } from './pool.js';
import { rectifierKernels } from './rectifier.js';

/** Everything that the addon computes; what is not here stays with the kernels copied from the cpu backend. */
export const nativeKernels: readonly NativeKernel[] = [
  ...batchNormKernels,
  ...convKernels,
  ...layerNormKernels,
  ...matmulKernels,
  ...optimizerKernels,
  ...poolKernels,
  ...rectifierKernels,
];
