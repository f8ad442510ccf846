import {
  add,
  engine,
  exp,
  type GradConfig,
  type LRNAttrs,
  logSoftmax,
  mul,
  neg,
  pow,
  reshape,
  square,
  sub,
  sum,
  type Tensor,
  tensor2d,
} from '@tensorflow/tfjs-core';
import { run } from './config.js';
import { throughMatrix } from './spread.js';
import type { OwnGradient } from './tape.js';

/*
 * Gradients that tfjs computes from more than the op's inputs and output: as they are where nobody differentiates
 * them, and composed of differentiable ops where a tape is on.
 */

/**
 * y = x · n^−β with n = bias + α Σ x² over the channels around (Krizhevsky et al. 2012, section 3.3), so
 * dx = dy · n^−β − 2αβ x Σ dy · x · n^(−β−1).
 */
const localResponse: GradConfig = {
  kernelName: 'LRN',
  inputsToSave: ['x'],
  outputsToSave: [true],
  gradFunc: (given, saved, attrs) => {
    const [x, y] = saved as [Tensor, Tensor];
    const dy = given as Tensor;
    const { depthRadius, bias, alpha, beta } = attrs as unknown as LRNAttrs;
    return {
      x: () => {
        if (!engine().isTapeOn()) return run('LRNGrad', { x, y, dy }, attrs);
        const around = band(x.shape[3]!, depthRadius);
        const norm = add(mul(throughMatrix(square(x), 3, around), alpha), bias);
        const crosswise = throughMatrix(mul(mul(dy, x), pow(norm, -beta - 1)), 3, around);
        return sub(mul(dy, pow(norm, -beta)), mul(mul(x, crosswise), 2 * alpha * beta));
      },
    };
  },
};

/** 1 where two channels are at most `radius` apart. */
function band(channels: number, radius: number): Tensor {
  const marks = Float32Array.from({ length: channels ** 2 }, (_, i) =>
    Math.abs(Math.floor(i / channels) - (i % channels)) <= radius ? 1 : 0,
  );
  return tensor2d(marks, [channels, channels]);
}

/**
 * −Σ labels · log softmax(logits) over the last axis. tfjs saves log softmax, which is neither input nor output; its
 * slope in the labels is wrong, and that in the logits where labels do not add up to 1.
 */
const crossEntropy: OwnGradient = {
  input: '1',
  gradFunc: (given, saved) => {
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

/** By kernel. */
export const throughOutputs: readonly GradConfig[] = [localResponse];

/** By the name on the tape, for what is no kernel. */
export const ofOps: Readonly<Record<string, OwnGradient>> = { softmaxCrossEntropy__op: crossEntropy };
