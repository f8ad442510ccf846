import type { NativeKernel } from '../kernel.js';
import { batchNormTrainKernels } from './batch-norm-train.js';
import { batchNormKernels } from './batch-norm.js';
import { binaryKernels } from './binary.js';
import { convKernels } from './conv.js';
import { depthwiseKernels } from './depthwise.js';
import { matmulKernels } from './matmul.js';
import { optimizerKernels } from './optimizer.js';
import { poolKernels } from './pool.js';
import { reduceKernels } from './reduce.js';
import { softmaxKernels } from './softmax.js';
import { unaryKernels } from './unary.js';

/** Everything that the addon computes; what is not here stays with the kernels copied from the cpu backend. */
export const nativeKernels: readonly NativeKernel[] = [
  ...batchNormKernels,
  ...batchNormTrainKernels,
  ...binaryKernels,
  ...convKernels,
  ...depthwiseKernels,
  ...matmulKernels,
  ...optimizerKernels,
  ...poolKernels,
  ...reduceKernels,
  ...softmaxKernels,
  ...unaryKernels,
];
