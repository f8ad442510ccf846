import {
  cast,
  type GradConfig,
  greater,
  greaterEqual,
  less,
  lessEqual,
  mul,
  neg,
  sub,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { runKernel } from '../registry.js';
import { flat, ofInputs, sumTo } from './of-inputs.js';

type Pair = readonly [a: Tensor, b: Tensor];

/** An op of two tensors that may be broadcast to each other, by its slopes. */
function ofTwo(kernelName: string, slopes: (a: Tensor, b: Tensor) => Pair): GradConfig {
  return ofInputs(kernelName, ['a', 'b'], (dy, [a, b]) => ({
    a: () => sumTo(a!.shape, mul(dy, slopes(a!, b!)[0])),
    b: () => sumTo(b!.shape, mul(dy, slopes(a!, b!)[1])),
  }));
}

const float = (condition: Tensor): Tensor => cast(condition, 'float32');

/** tfjs's own throw where the inputs are broadcast. At a tie, a gets all, as in tfjs. */
export const broadcastPairs: readonly GradConfig[] = [
  ofTwo('Maximum', (a, b) => [float(greaterEqual(a, b)), float(less(a, b))]),
  ofTwo('Minimum', (a, b) => [float(lessEqual(a, b)), float(greater(a, b))]),
  ofTwo('SquaredDifference', (a, b) => {
    const twice = mul(2, sub(a, b));
    return [twice, neg(twice)];
  }),
];

/** Piecewise constant: no slope anywhere. */
function flatPair(kernelName: string): GradConfig {
  return ofInputs(kernelName, ['a', 'b'], (_, [a, b]) => ({ a: flat(a!), b: flat(b!) }));
}

/** tfjs registers some of this kind (`Step`, `GreaterEqual`) but not these. */
export const comparisons: readonly GradConfig[] = [
  ...['Equal', 'NotEqual', 'Greater', 'Less', 'LessEqual', 'LogicalAnd', 'LogicalOr'].map(flatPair),
  ofInputs('LogicalNot', ['x'], (_, [x]) => ({ x: flat(x!) })),
];

/** tfjs's of GreaterEqual is of its inputs' type, which need not be float; that of FloorDiv is that of a division. */
const flatAgain: readonly GradConfig[] = ['GreaterEqual', 'FloorDiv'].map(flatPair);

/** tfjs's lets the gradient through where whole numbers and truths are made of floats. */
const toOtherType = ofInputs<{ dtype: string }>('Cast', [], (dy, _, { dtype }) => ({
  x: dtype === 'int32' || dtype === 'bool' ? flat(dy) : () => dy.clone(),
}));

/** dy where y ≥ 0, else dy · (y + 1). */
const eluGrad = ofInputs('EluGrad', ['dy', 'y'], (given, [dy, y]) => ({
  dy: () => runKernel('EluGrad', { dy: given, y: y! }),
  y: () => mul(mul(given, dy!), float(less(y!, 0))),
}));

export const pointwise: readonly GradConfig[] = [
  ...broadcastPairs,
  ...comparisons,
  ...flatAgain,
  toOtherType,
  eluGrad,
];
