import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import type { NativeBackend } from '../../src/backend.js';
import { registerNativeBackend } from '../../src/register.js';

// Large enough for pooled memory, which another tensor of this size gets right after a dispose.
const SHAPE = [64, 80];
const SIZE = 64 * 80;

const backend = (): NativeBackend => tf.backend() as NativeBackend;
const filled = (value: number): tf.Tensor => tf.tidy(() => tf.add(tf.zeros(SHAPE), value));

beforeAll(() => registerNativeBackend());
beforeEach(async () => {
  await tf.setBackend('native');
});

test('what was read before a dispose is not overwritten by a later tensor', async () => {
  const x = tf.matMul(tf.ones([64, 4]), tf.ones([4, 80]));
  const [now, later] = [x.dataSync(), x.data()];
  const buffer = x.bufferSync();
  x.dispose();
  const others = [1, 2, 3].map((i) => tf.matMul(tf.fill([64, 4], i), tf.fill([4, 80], i)));
  for (const values of [now, await later, buffer.values]) {
    expect(new Set(values as Float32Array)).toEqual(new Set([4]));
  }
  tf.dispose(others);
});

/** Kernels that may hand out their input's memory, or share it under another shape. */
const SHARING: Readonly<Record<string, (x: tf.Tensor) => tf.Tensor>> = {
  cast: (x) => tf.cast(x, 'float32'),
  clone: (x) => tf.clone(x),
  complex: (x) => tf.real(tf.complex(x, tf.zerosLike(x))),
  expandDims: (x) => tf.expandDims(x, 0),
  imag: (x) => tf.imag(tf.complex(tf.zerosLike(x), x)),
  reshape: (x) => tf.reshape(x, [SIZE]),
  slice: (x) => tf.slice(x, [0, 0], [64, 80]),
  sliceRows: (x) => tf.slice(x, [3, 0], [60, 80]),
  split: (x) => tf.split(x, 1, 0)[0]!,
  squeeze: (x) => tf.squeeze(tf.expandDims(x, 1)),
  stridedSlice: (x) => tf.stridedSlice(x, [0, 0], [64, 80], [1, 1]),
  tile: (x) => tf.tile(x, [1, 1]),
  transpose: (x) => tf.transpose(x, [0, 1]),
  unstack: (x) => tf.unstack(tf.expandDims(x, 0))[0]!,
  variable: (x) => tf.variable(x),
  identity: (x) => tf.concat([x], 0),
};

test.each(Object.entries(SHARING))('%s keeps its values when its input is disposed', async (_, share) => {
  const x = tf.matMul(tf.ones([64, 3]), tf.ones([3, 80]));
  const y = tf.tidy(() => share(x));
  x.dispose();
  const others = [7, 8, 9].map((i) => tf.matMul(tf.fill([64, 4], i), tf.fill([4, 80], i)));
  expect(new Set(await y.data())).toEqual(new Set([3]));
  tf.dispose([y, ...others]);
});

type Step = readonly [op: number, input: number, other: number, dispose: number];

const OPS: readonly ((a: tf.Tensor, b: tf.Tensor) => tf.Tensor)[] = [
  ...[tf.add, tf.sub, tf.maximum],
  (a, b) => tf.mul(a, tf.mul(0.1, b)),
  (a) => tf.relu(a),
  (a, b) => tf.reshape(tf.matMul(tf.slice(a, [0, 0], [64, 64]), tf.tanh(b)), SHAPE),
  // A variable is nobody's to tidy up.
  ...Object.entries(SHARING)
    .filter(([name]) => name !== 'variable')
    .map(
      ([, share]) =>
        (a: tf.Tensor) =>
          tf.reshape(pad(share(a)), SHAPE),
    ),
];

function pad(x: tf.Tensor): tf.Tensor {
  return x.size === SIZE ? x : tf.concat([tf.reshape(x, [-1]), tf.zeros([SIZE - x.size])]);
}

/** Runs steps on a pool of tensors, of which each step disposes one, and returns all that is left. */
function play(steps: readonly Step[]): Float32Array[] {
  const alive = [0.5, -0.25, 1.5].map(filled);
  for (const [op, a, b, gone] of steps) {
    const [x, y] = [alive[a % alive.length]!, alive[b % alive.length]!];
    alive.push(tf.tidy(() => OPS[op % OPS.length]!(x, y)));
    if (alive.length > 3) alive.splice(gone % alive.length, 1)[0]!.dispose();
  }
  const values = alive.map((tensor) => tensor.dataSync() as Float32Array);
  tf.dispose(alive);
  return values;
}

test('random graphs with random disposes give what the cpu backend gives', async () => {
  const nat = fc.nat({ max: 100 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(nat, nat, nat, nat), { minLength: 5, maxLength: 25 }),
      async (steps) => {
        await tf.setBackend('cpu');
        const reference = play(steps);
        await tf.setBackend('native');
        const before = tf.memory().numTensors;
        const own = play(steps);
        expect(tf.memory().numTensors).toBe(before);
        own.forEach((values, i) => {
          const worst = values.reduce((max, v, j) => Math.max(max, Math.abs(v - reference[i]![j]!)), 0);
          expect(worst).toBeLessThan(1e-4 * Math.max(1, ...reference[i]!.map(Math.abs)));
        });
      },
    ),
    { numRuns: 40 },
  );
}, 120_000);

test('memory is counted, used again and given back', () => {
  backend().trim();
  const memory = (): { liveBytes: number; idleBytes: number } => tf.memory() as never;
  const [start, tensors] = [memory().liveBytes, tf.memory().numTensors];
  const product = (): tf.Tensor => tf.tidy(() => tf.matMul(tf.ones([1024, 1]), tf.ones([1, 1024])));
  const x = product();
  const bytes = memory().liveBytes - start;
  expect(bytes).toBeGreaterThanOrEqual(1024 * 1024 * 4);
  x.dispose();
  expect(memory()).toMatchObject({ liveBytes: start, idleBytes: expect.any(Number) });
  const idle = memory().idleBytes;
  expect(idle).toBeGreaterThanOrEqual(bytes);
  const y = product();
  expect(memory().idleBytes).toBe(idle - bytes);
  y.dispose();
  backend().trim();
  expect(memory()).toMatchObject({ liveBytes: start, idleBytes: 0 });
  expect(tf.memory().numTensors).toBe(tensors);
});

test('the system has the memory back as soon as it is trimmed', () => {
  const rss = (): number => process.memoryUsage().rss / 2 ** 20;
  backend().trim();
  const tensors = Array.from({ length: 8 }, () =>
    tf.tidy(() => tf.matMul(tf.ones([4096, 1]), tf.ones([1, 2048]))),
  );
  const full = rss();
  tf.dispose(tensors);
  backend().trim();
  expect(full - rss()).toBeGreaterThan(200);
});
