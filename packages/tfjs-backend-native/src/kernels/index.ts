import type { NativeKernel } from '../kernel.js';
import { batchNormKernels } from './batch-norm.js';
import { batchNormTrainKernels } from './batch-norm-train.js';
import { binaryKernels } from './binary.js';
import { concatKernels } from './concat.js';
import { convKernels } from './conv.js';
import { convertKernels } from './convert.js';
import { depthwiseKernels } from './depthwise.js';
import { fillKernels } from './fill.js';
import { gatherKernels } from './gather.js';
import { layerNormKernels } from './layer-norm.js';
import { matmulKernels } from './matmul.js';
import { optimizerKernels } from './optimizer.js';
import { padKernels } from './pad.js';
import { poolKernels } from './pool.js';
import { rectifierKernels } from './rectifier.js';
import { reduceKernels } from './reduce.js';
import { resizeKernels } from './resize.js';
import { sliceKernels } from './slice.js';
import { softmaxKernels } from './softmax.js';
import { transposeKernels } from './transpose.js';
import { unaryKernels } from './unary.js';

/** Everything that the addon computes; what is not here stays with the kernels copied from the cpu backend. */
export const nativeKernels: readonly NativeKernel[] = [
  ...batchNormKernels,
  ...batchNormTrainKernels,
  ...binaryKernels,
  ...concatKernels,
  ...convKernels,
  ...convertKernels,
  ...depthwiseKernels,
  ...fillKernels,
  ...gatherKernels,
  ...layerNormKernels,
  ...matmulKernels,
  ...optimizerKernels,
  ...padKernels,
  ...poolKernels,
  ...rectifierKernels,
  ...reduceKernels,
  ...resizeKernels,
  ...sliceKernels,
  ...softmaxKernels,
  ...transposeKernels,
  ...unaryKernels,
];
