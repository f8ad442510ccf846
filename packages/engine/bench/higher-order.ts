/*
 * First-order gradients with tfjs's own definitions against those of enableHigherOrderGradients(), which is to cost
 * nothing: ABAB, the least of many runs.
 *
 *     node --conditions=@pcam/source --import=tsx bench/higher-order.ts [engine] [runs]
 */
import { enableHigherOrderGradients } from '@pcam/tfjs-gradients';
import * as tf from '@tensorflow/tfjs-core';
import { type EngineName, useEngine } from '../src/index.js';

const [engine = 'native', given = '40'] = process.argv.slice(2);
const runs = Number(given);
console.log(await useEngine(engine as EngineName));

const map = (shape: readonly number[]): tf.Tensor => tf.randomNormal([...shape]);
const as4D = (x: tf.Tensor | undefined): tf.Tensor4D => x as tf.Tensor4D;
const activation = [16, 32, 32, 32];

const cases: Readonly<Record<string, readonly [(...xs: tf.Tensor[]) => tf.Tensor, ...tf.Tensor[]]>> = {
  exp: [tf.exp, map(activation)],
  sigmoid: [tf.sigmoid, map(activation)],
  softmax: [(x) => tf.softmax(x!), map([2048, 64])],
  elu: [tf.elu, map(activation)],
  max: [(x) => tf.max(x!, 3), map(activation)],
  maxPool: [(x) => tf.maxPool(as4D(x), 3, 2, 'same'), map(activation)],
  avgPool: [(x) => tf.avgPool(as4D(x), 3, 2, 'same'), map(activation)],
  conv2d: [(x, w) => tf.conv2d(as4D(x), as4D(w), 1, 'same'), map([8, 24, 24, 32]), map([3, 3, 32, 32])],
  depthwiseConv2d: [
    (x, w) => tf.depthwiseConv2d(as4D(x), as4D(w), 1, 'same'),
    map([8, 24, 24, 32]),
    map([3, 3, 32, 1]),
  ],
  resizeBilinear: [(x) => tf.image.resizeBilinear(as4D(x), [48, 48]), map([8, 24, 24, 16])],
  resizeNearest: [(x) => tf.image.resizeNearestNeighbor(as4D(x), [48, 48]), map([8, 24, 24, 16])],
  gather: [(x) => tf.gather(x!, tf.range(0, 500, 1, 'int32'), 0), map([1000, 64])],
  softmaxCrossEntropy: [
    (x) => tf.losses.softmaxCrossEntropy(tf.oneHot(tf.zeros([512], 'int32'), 64), x!),
    map([512, 64]),
  ],
};

type Registry = Map<string, unknown>;
const registry = (globalThis as unknown as { _tfGlobals: Map<string, Registry> })._tfGlobals;
const tape = tf.engine() as unknown as { addTapeNode: unknown };

/** What the registry and the tape are now; called, it puts them back. */
function snapshot(): () => void {
  const gradients = registry.get('gradRegistry')!;
  const [entries, { addTapeNode }] = [[...gradients], tape];
  return () => {
    gradients.clear();
    for (const [kernel, gradient] of entries) gradients.set(kernel, gradient);
    tape.addTapeNode = addTapeNode;
  };
}

/** Of processor time, which others on the machine disturb less. */
function milliseconds(work: () => tf.Tensor[]): number {
  const start = process.cpuUsage();
  for (let i = 0; i < 3; i++) tf.dispose(work());
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 3000;
}

const before = snapshot();
enableHigherOrderGradients();
const after = snapshot();
console.log('gradient'.padEnd(22), 'before ms', ' after ms', 'ratio of the least, of the medians');
for (const [name, [op, ...xs]] of Object.entries(cases)) {
  const dy = op(...xs);
  const gradient = (): tf.Tensor[] => tf.grads(op)(xs, dy);
  const times: [before: number[], after: number[]] = [[], []];
  for (let run = 0; run < runs + 2; run++) {
    for (const [i, put] of [before, after].entries()) {
      put();
      const time = milliseconds(gradient);
      if (run > 1) times[i]!.push(time);
    }
  }
  const [a, b] = times.map((list) => list.sort((x, y) => x - y)) as [number[], number[]];
  const middle = Math.floor(runs / 2);
  const [least, median] = [b[0]! / a[0]!, b[middle]! / a[middle]!];
  console.log(
    name.padEnd(22),
    a[0]!.toFixed(2).padStart(9),
    b[0]!.toFixed(2).padStart(9),
    least.toFixed(2),
    median.toFixed(2),
  );
  tf.dispose(dy);
}
