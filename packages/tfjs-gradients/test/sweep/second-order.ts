import * as tf from '@tensorflow/tfjs-core';

export type Op = (...xs: tf.Tensor[]) => tf.Tensor;

export interface Values {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/**
 * Central differences of fourth order: (8 (f(h) − f(−h)) − (f(2h) − f(−2h))) / 12h. With numbers around 1 kept in
 * float32 (6e-8) the rounding costs about 1.5 · 6e-8 / h = 1e-5, the neglected term h⁴/30 · f⁽⁵⁾ = 3e-10 · f⁽⁵⁾.
 */
export const STEP = 1e-2;

/** Of what is compared, the greatest magnitude (at least 1) is the measure; rounding adds up over some ten ops. */
export const TOLERANCE = 1e-3;

/** In [-1, 1), the same on every engine. */
export function noise(length: number, seed: number): number[] {
  return Array.from({ length }, (_, i) => {
    const x = Math.sin((i + 1) * 12.9898 + seed * 78.233) * 43758.5453;
    return (x - Math.floor(x)) * 2 - 1;
  });
}

/**
 * A scalar of the op's inputs, Σ r (y + y²/2) with fixed random r: what flows back to the op then depends on the
 * inputs, so that a wrong path through it shows as well.
 */
function loss(op: Op, ...xs: tf.Tensor[]): tf.Scalar {
  const y = op(...xs);
  const r = tf.tensor(noise(y.size, 7), y.shape);
  return tf.sum(tf.mul(r, tf.add(y, tf.mul(tf.square(y), 0.5))));
}

const read = (tensors: readonly tf.Tensor[]): number[] => tensors.flatMap((tensor) => [...tensor.dataSync()]);

/** The loss in float64, of the op's float32 values. */
function lossValue(op: Op, xs: tf.Tensor[]): number {
  const y = op(...xs).dataSync();
  const r = Float32Array.from(noise(y.length, 7));
  return r.reduce((sum, weight, i) => sum + weight * (y[i]! + y[i]! ** 2 / 2), 0);
}

function gradients(op: Op, xs: tf.Tensor[]): tf.Tensor[] {
  return tf.grads((...given) => loss(op, ...given))(xs);
}

/** Σ v · ∇loss, plus nothing of each input, since tfjs calls it an error where no path leads to an input. */
function directional(op: Op, xs: tf.Tensor[], vs: tf.Tensor[]): tf.Tensor[] {
  return tf.grads((...given) => {
    const terms = gradients(op, given).map((gradient, i) => tf.sum(tf.mul(gradient, vs[i]!)));
    return tf.addN([...terms, ...given.map((x) => tf.mul(tf.sum(x), 0))]);
  })(xs);
}

function difference(f: (amount: number) => number[], step: number): number[] {
  const [far, near, back, farBack] = [2, 1, -1, -2].map((steps) => f(steps * step)) as [
    number[],
    number[],
    number[],
    number[],
  ];
  return near.map((value, i) => (8 * (value - back[i]!) - (far[i]! - farBack[i]!)) / (12 * step));
}

function worst(actual: readonly number[], expected: readonly number[]): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  const size = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 1);
  const errors = actual.map((value, i) => Math.abs(value - expected[i]!) / size);
  return errors.reduce((max, error) => (error <= max ? max : Number.isNaN(error) ? Infinity : error), 0);
}

/** The error of ∇loss along a direction, and of the second derivatives along it, all of them. */
export function errors(
  op: Op,
  inputs: readonly Values[],
  { only, step = STEP }: { readonly only?: 'first'; readonly step?: number } = {},
): { first: number; second: number } {
  return tf.tidy(() => {
    const xs = inputs.map(({ values, shape }) => tf.tensor([...values], [...shape]));
    const vs = xs.map((x, i) => tf.tensor(noise(x.size, 11 + i), x.shape));
    const moved = (amount: number): tf.Tensor[] => xs.map((x, i) => tf.add(x, tf.mul(vs[i]!, amount)));
    const v = read(vs);
    const along = read(gradients(op, xs)).reduce((sum, slope, i) => sum + slope * v[i]!, 0);
    const first = worst(
      [along],
      difference((amount) => [lossValue(op, moved(amount))], step),
    );
    if (only) return { first, second: Number.NaN };
    const expected = difference((amount) => read(gradients(op, moved(amount))), step);
    return { first, second: worst(read(directional(op, xs, vs)), expected) };
  });
}

/** ∇loss. */
export function firstOrder(op: Op, inputs: readonly Values[]): number[] {
  return tf.tidy(() =>
    read(
      gradients(
        op,
        inputs.map(({ values, shape }) => tf.tensor([...values], [...shape])),
      ),
    ),
  );
}

/** The names of the kernels that the op and its gradient run. */
export async function kernelsOf(op: Op, inputs: readonly Values[]): Promise<string[]> {
  const { kernelNames } = await tf.profile(() =>
    tf.tidy(() => {
      const xs = inputs.map(({ values, shape }) => tf.tensor([...values], [...shape]));
      op(...xs);
      gradients(op, xs);
    }),
  );
  return [...kernelNames];
}

/** Every kernel with a gradient, which tfjs keeps but does not list. */
export function registered(): string[] {
  const globals = (globalThis as unknown as { _tfGlobals: Map<string, Map<string, unknown>> })._tfGlobals;
  return [...globals.get('gradRegistry')!.keys()].sort();
}
