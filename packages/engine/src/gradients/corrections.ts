import * as tf from '@tensorflow/tfjs-core';
import { avgPool, mirrorPad } from './corrections-windows.js';

type Inputs = Record<string, () => tf.Tensor>;

function sumTo(shape: readonly number[], gradient: tf.Tensor): tf.Tensor {
  const axes = tf.broadcast_util.getReductionAxes([...shape], gradient.shape);
  return tf.reshape(axes.length > 0 ? tf.sum(gradient, axes) : gradient, [...shape]);
}

/** d/da and d/db of an elementwise op of two tensors that may have been broadcast to each other. */
function elementwise(
  kernelName: string,
  slopes: (a: tf.Tensor, b: tf.Tensor) => readonly [a: tf.Tensor, b: tf.Tensor],
): tf.GradConfig {
  return {
    kernelName,
    inputsToSave: ['a', 'b'],
    gradFunc: (dy: tf.Tensor | tf.Tensor[], saved: tf.Tensor[]): Inputs => {
      const [a, b] = saved as [tf.Tensor, tf.Tensor];
      const one = dy as tf.Tensor;
      return {
        a: () => sumTo(a.shape, tf.mul(one, slopes(a, b)[0])),
        b: () => sumTo(b.shape, tf.mul(one, slopes(a, b)[1])),
      };
    },
  };
}

const float = (condition: tf.Tensor): tf.Tensor => tf.cast(condition, 'float32');

/** tfjs's own throw where the inputs were broadcast. At a tie both follow, as in tfjs. */
const BROADCAST: readonly tf.GradConfig[] = [
  elementwise('Maximum', (a, b) => [float(tf.greaterEqual(a, b)), float(tf.less(a, b))]),
  elementwise('Minimum', (a, b) => [float(tf.lessEqual(a, b)), float(tf.greater(a, b))]),
  elementwise('SquaredDifference', (a, b) => {
    const twice = tf.mul(2, tf.sub(a, b));
    return [twice, tf.neg(twice)];
  }),
];

/** Piecewise constant: no slope anywhere. tfjs registers some (`Step`, `GreaterEqual`) but not these. */
const CONSTANT: readonly tf.GradConfig[] = [
  ['Equal', 'a', 'b'],
  ['NotEqual', 'a', 'b'],
  ['Greater', 'a', 'b'],
  ['Less', 'a', 'b'],
  ['LessEqual', 'a', 'b'],
  ['LogicalAnd', 'a', 'b'],
  ['LogicalOr', 'a', 'b'],
  ['LogicalNot', 'x'],
].map(([kernelName, ...names]) => ({
  kernelName: kernelName!,
  inputsToSave: names,
  gradFunc: (_: tf.Tensor | tf.Tensor[], saved: tf.Tensor[]): Inputs =>
    Object.fromEntries(names.map((name, i) => [name, () => tf.zeros(saved[i]!.shape)])),
}));

/** tfjs's gives the wrong shape unless the last axis is summed. */
const cumsum: tf.GradConfig = {
  kernelName: 'Cumsum',
  gradFunc: (dy, _, attrs): Inputs => {
    const { axis, exclusive, reverse } = attrs as unknown as tf.CumsumAttrs;
    return { x: () => tf.cumsum(dy as tf.Tensor, axis, exclusive, !reverse) };
  },
};

/** tfjs's calls methods that tensors have only where `@tensorflow/tfjs` is loaded. */
const prod: tf.GradConfig = {
  kernelName: 'Prod',
  inputsToSave: ['x'],
  gradFunc: (dy, saved, attrs): Inputs => {
    const x = saved[0]!;
    const reduced = tf.util.parseAxisParam((attrs as unknown as tf.ProdAttrs).axis, x.shape);
    const kept = x.shape.map((_, axis) => axis).filter((axis) => !reduced.includes(axis));
    const order = [...kept, ...reduced];
    const sizes = order.map((axis) => x.shape[axis]!);
    const rows = tf.util.sizeFromShape(kept.map((axis) => x.shape[axis]!));
    return {
      x: () => {
        // The product of all others is what comes before times what comes after: right for zeros too.
        const flat = tf.reshape(tf.transpose(x, order), [rows, -1]);
        const others = tf.mul(tf.cumprod(flat, 1, true), tf.cumprod(flat, 1, true, true));
        const gradient = tf.mul(others, tf.reshape(dy as tf.Tensor, [rows, 1]));
        const back = order.map((_, axis) => order.indexOf(axis));
        return tf.transpose(tf.reshape(gradient, sizes), back);
      },
    };
  },
};

/** ∂/∂x and ∂/∂dy of the filter gradient of a convolution, for losses on gradients. */
const backpropFilter: tf.GradConfig = {
  kernelName: 'Conv2DBackpropFilter',
  inputsToSave: ['x', 'dy'],
  gradFunc: (given, saved, attrs): Inputs => {
    const [x, dy] = saved as [tf.Tensor4D, tf.Tensor4D];
    const filter = given as tf.Tensor4D;
    const { strides, pad, dataFormat, dimRoundingMode } = attrs as unknown as tf.Conv2DBackpropFilterAttrs;
    return {
      x: () =>
        tf
          .engine()
          .runKernel('Conv2DBackpropInput', { dy, filter }, { ...attrs, inputShape: x.shape }) as tf.Tensor,
      dy: () => tf.conv2d(x, filter, strides, pad as 'same', dataFormat, 1, dimRoundingMode),
    };
  },
};

const gatherNd: tf.GradConfig = {
  kernelName: 'GatherNd',
  inputsToSave: ['params', 'indices'],
  gradFunc: (dy, saved): Inputs => {
    const [params, indices] = saved as [tf.Tensor, tf.Tensor];
    return {
      params: () => tf.scatterND(indices, dy as tf.Tensor, params.shape as [number]),
      indices: () => tf.zeros(indices.shape),
    };
  },
};

const depthToSpace: tf.GradConfig = {
  kernelName: 'DepthToSpace',
  inputsToSave: ['x'],
  gradFunc: (dy, saved, attrs): Inputs => {
    const { blockSize: size, dataFormat } = attrs as unknown as tf.DepthToSpaceAttrs;
    if (dataFormat !== 'NHWC') throw new Error(`gradient of depthToSpace: got ${dataFormat}, needs NHWC`);
    const [batch, height, width, channels] = saved[0]!.shape as [number, number, number, number];
    return {
      x: () => {
        const cells = tf.reshape(dy as tf.Tensor, [batch, height, size, width, size, -1]);
        return tf.reshape(tf.transpose(cells, [0, 1, 3, 2, 4, 5]), [batch, height, width, channels]);
      },
    };
  },
};

/** What tfjs leaves out or gets wrong; registered after tfjs's own. */
export const corrections: readonly tf.GradConfig[] = [
  ...BROADCAST,
  ...CONSTANT,
  avgPool,
  backpropFilter,
  cumsum,
  depthToSpace,
  gatherNd,
  mirrorPad,
  prod,
];

/** Wrong in tfjs 4.22 and not mended here: better none than a wrong one. */
export const withdrawn: readonly string[] = ['AvgPool3D', 'MaxPool3D'];
