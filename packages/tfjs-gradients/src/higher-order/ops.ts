import { engine, exp, logSoftmax, mul, neg, reshape, sub, sum, type Tensor } from '@tensorflow/tfjs-core';
import {
  type ConvolutionAttrs,
  convolutionSlopes,
  depthwise,
  type Family,
  plain,
} from '../gradients/convolution.js';
import { sumTo } from '../gradients/of-inputs.js';
import type { OpGradient } from './tape.js';

/**
 * −Σ labels · log softmax(logits) over the last axis. tfjs saves log softmax, which is neither input nor output; its
 * slope in the labels is wrong, and that in the logits where labels do not add up to 1.
 */
const crossEntropy: OpGradient = {
  input: '1',
  gradient: () => (given, saved) => {
    const [labels, before, logits] = saved as [Tensor, Tensor, Tensor];
    const dy = given as Tensor;
    const wide = reshape(dy, [...dy.shape, 1]);
    const logProbabilities = engine().isTapeOn() ? logSoftmax(logits) : before;
    return {
      0: () => mul(wide, neg(logProbabilities)),
      1: () => mul(wide, sub(mul(exp(logProbabilities), sum(labels, -1, true)), labels)),
    };
  },
};

/**
 * A convolution and its bias, which tfjs fuses even while it differentiates. Its own gradient refuses dilations and
 * computes the slopes of the filter where only those of the image are asked for.
 */
function fused(kernel: string, family: Family): OpGradient {
  return {
    kernel,
    gradient: (original, given) => {
      const attrs = given as unknown as ConvolutionAttrs & { activation: string };
      if (attrs.activation !== 'linear') return original;
      return (dyOfImage, saved) => {
        const [filter, x, y, bias] = saved as [Tensor, Tensor, Tensor, Tensor | undefined];
        const dy: Tensor = reshape(dyOfImage as Tensor, y.shape);
        const slopes = convolutionSlopes(family, dy, x, filter, attrs);
        return {
          0: slopes.x,
          1: slopes.filter,
          ...(bias ? { 2: () => sumTo(bias.shape, dy) } : {}),
        };
      };
    },
  };
}

/** By the name on the tape, for ops that are no kernels. */
export const ops: Readonly<Record<string, OpGradient>> = {
  fusedConv2d__op: fused('FusedConv2D', plain),
  fusedDepthwiseConv2d__op: fused('FusedDepthwiseConv2D', depthwise),
  softmaxCrossEntropy__op: crossEntropy,
};
