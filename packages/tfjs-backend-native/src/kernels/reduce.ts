import { backend_util, type NamedAttrMap, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { ArgName, ReduceName } from '../addon-elementwise.js';
import { type Call, floatInputs, type NativeKernel, withShape } from '../kernel.js';

/** Which attribute holds a kernel's axes. */
const REDUCTIONS: Readonly<Record<ReduceName, string>> = {
  Max: 'reductionIndices',
  Mean: 'axis',
  Min: 'axis',
  Prod: 'axis',
  Sum: 'axis',
};

export const reduceKernels: readonly NativeKernel[] = [
  ...(Object.entries(REDUCTIONS) as [ReduceName, string][]).map(([name, attribute]) => ({
    name,
    run: (call: Call) => reduce(name, attribute, call),
  })),
  ...(['ArgMax', 'ArgMin'] as const).map((name) => ({ name, run: (call: Call) => argument(name, call) })),
];

interface Step {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

/**
 * The reductions over one run of neighbouring axes each that make up one over `axes`, the longest first. Axes of
 * size 1 take none.
 */
export function reductionSteps(shape: readonly number[], axes: readonly number[]): Step[] {
  const runs: { size: number; reduced: boolean }[] = [];
  shape.forEach((size, axis) => {
    if (size === 1) return;
    const reduced = axes.includes(axis);
    const last = runs.at(-1);
    if (last?.reduced === reduced) last.size *= size;
    else runs.push({ size, reduced });
  });
  const product = (some: readonly { size: number }[]): number =>
    some.reduce((all, { size }) => all * size, 1);
  return runs
    .filter(({ reduced }) => reduced)
    .sort((a, b) => b.size - a.size)
    .map((run) => {
      const at = runs.indexOf(run);
      const step = {
        outer: product(runs.slice(0, at)),
        length: run.size,
        inner: product(runs.slice(at + 1)),
      };
      run.size = 1;
      return step;
    });
}

/** Undefined where there is nothing to reduce: what an empty reduction gives is the copied kernel's matter. */
function reduce(name: ReduceName, attribute: string, call: Call): TensorInfo | undefined {
  const x = floatInputs(call, 'x')?.x;
  if (!x || util.sizeFromShape(x.shape) === 0) return undefined;
  const { backend, attrs } = call;
  const { shape, axes } = reducedShape(x.shape, attrs, attribute);
  const steps = reductionSteps(x.shape, axes);
  if (steps.length === 0) return withShape(backend, x, shape);
  const { info, values } = backend.output(shape);
  let from: Float32Array | Float64Array = backend.floats(x);
  steps.forEach(({ outer, length, inner }, i) => {
    const to = i === steps.length - 1 ? values : new Float64Array(outer * inner);
    backend.addon.reduce[name](from, to, outer, length, inner);
    from = to;
  });
  return info;
}

function reducedShape(
  shape: number[],
  attrs: NamedAttrMap,
  attribute: string,
): { shape: number[]; axes: number[] } {
  const axes = util.parseAxisParam(attrs[attribute] as number | number[], shape);
  const [kept] = backend_util.computeOutAndReduceShapes(shape, axes);
  return { shape: attrs.keepDims ? backend_util.expandShapeToKeepDim(kept, axes) : kept, axes };
}

function argument(name: ArgName, call: Call): TensorInfo | undefined {
  const x = floatInputs(call, 'x')?.x;
  if (!x || util.sizeFromShape(x.shape) === 0) return undefined;
  const { backend, attrs } = call;
  const [axis] = util.parseAxisParam(attrs.axis as number | number[], x.shape);
  if (axis === undefined) return undefined;
  const outer = x.shape.slice(0, axis);
  const inner = x.shape.slice(axis + 1);
  const shape = [...outer, ...inner];
  const values = new Int32Array(util.sizeFromShape(shape));
  backend.addon.reduce[name](
    backend.floats(x),
    values,
    util.sizeFromShape(outer),
    x.shape[axis]!,
    util.sizeFromShape(inner),
  );
  return backend.makeTensorInfo(shape, 'int32', values);
}
