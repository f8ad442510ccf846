import { type GradConfig, getGradient, registerGradient, unregisterGradient } from '@tensorflow/tfjs-core';
import { convolutions } from '../gradients/convolution.js';
import { dilation } from '../gradients/dilation.js';
import { localResponse } from '../gradients/local-response.js';
import { moving } from '../gradients/moving.js';
import { pointwise } from '../gradients/pointwise.js';
import { pooling } from '../gradients/pooling.js';
import { resizing } from '../gradients/resizing.js';
import { running } from '../gradients/running.js';
import { requireKnownTfjs, warnOfUnknownTfjs } from '../known-tfjs.js';
import { hasGradients } from '../registry.js';
import { ops } from './ops.js';
import { tieSavedOutputs } from './tape.js';

warnOfUnknownTfjs();

const gradients: readonly GradConfig[] = [
  ...convolutions,
  ...dilation,
  ...moving,
  ...pointwise,
  ...pooling,
  ...resizing,
  ...running,
  localResponse,
];

/** Wrong in tfjs, and gradients of complex numbers are beyond it: better none than a wrong one. */
const withdrawn = ['ComplexAbs'];

/**
 * Makes gradients of tfjs 4.22 differentiable again, to any order, for whatever model: call it once, after
 * `@tensorflow/tfjs`, `registerGradients()` or `useEngine()` of @pcam/engine has registered gradients. Calling it again changes nothing,
 * save that it restores what another registration has overwritten since.
 *
 * The tape is mended, so that what an op saves of its output counts as coming from its input. That alone makes right
 * what was silently wrong at second order: exp, sigmoid, tanh, softmax, logSoftmax, elu, pow, max, min, and each
 * `tf.customGrad` that saves its output. (One that saves something between input and output stays wrong.)
 *
 * Replaced, with the same first-order numbers where those were right:
 * - AvgPool and MaxPool (wrong at the border, or with `dimRoundingMode`), AvgPool3D and MaxPool3D (wrong);
 * - Conv2D, DepthwiseConv2dNative, Conv3D and, fused with a bias, the first two: with dilations, which threw;
 * - ResizeBilinear and ResizeNearestNeighbor (wrong with half-pixel centres, in batches, or of another shape on cpu);
 * - Cumsum, MirrorPad (wrong), GatherV2 (threw with `batchDims`), Maximum, Minimum and SquaredDifference (threw where
 *   inputs were broadcast), LRN, GreaterEqual, `tf.losses.softmaxCrossEntropy` (wrong in the labels);
 * - FloorDiv, and Cast to int32 and bool: their slope is 0 as that of Floor, where tfjs let the gradient through.
 *
 * Added: Cumprod, GatherNd, ScatterNd, StridedSlice; of no slope Equal, NotEqual, Greater, Less, LessEqual,
 * LogicalAnd, LogicalOr, LogicalNot; and, of the kernels that compute gradients, AvgPoolGrad, MaxPoolGrad,
 * Conv2DBackpropInput and -Filter, DepthwiseConv2dNativeBackpropInput and -Filter, Conv3DBackpropInputV2 and
 * -FilterV2, Dilation2DBackpropInput and -Filter, EluGrad, ResizeBilinearGrad, ResizeNearestNeighborGrad.
 *
 * Withdrawn: ComplexAbs, whose gradient is wrong. It and every kernel without a gradient throw and are named.
 *
 * Everything else stays, gradients of custom kernels among them. To keep a gradient of your own for a kernel named
 * here, register it afterwards.
 *
 * @throws Error where no gradients are registered, or tfjs-core is not 4.22: its tape is patched, and on another one
 *   second derivatives might be wrong in silence.
 */
export function enableHigherOrderGradients(): void {
  if (!hasGradients()) {
    throw new Error(
      "enableHigherOrderGradients: tfjs has no gradients registered yet: call useEngine() from @pcam/engine, await registerGradients(), or import '@tensorflow/tfjs', first.",
    );
  }
  requireKnownTfjs();
  tieSavedOutputs(ops);
  for (const gradient of gradients) registerGradient(gradient);
  for (const kernel of withdrawn) if (getGradient(kernel)) unregisterGradient(kernel);
}
