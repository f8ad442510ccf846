import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { useEngine } from '../index.js';

beforeAll(async () => {
  await useEngine('cpu');
});
const cases: [string, [number, number, number, number], [number, number, number], any, any, any][] = [
  ['3x3 same', [2, 7, 5, 3], [3, 3, 4], 1, 'same', 1],
  ['3x3 same s2', [2, 7, 6, 3], [3, 3, 9], 2, 'same', 1],
  ['3x3 valid s2', [2, 8, 7, 1], [3, 3, 1], 2, 'valid', 1],
  ['1x1', [3, 5, 4, 6], [1, 1, 13], 1, 'same', 1],
  ['1x1 s2', [3, 5, 4, 6], [1, 1, 13], 2, 'same', 1],
  ['5x3 pad 2 ', [1, 6, 9, 2], [5, 3, 8], [1, 2], 2, 1],

  [
    'explicit',
    [2, 9, 8, 5],
    [3, 2, 7],
    [2, 3],
    [
      [0, 0],
      [1, 2],
      [0, 3],
      [0, 0],
    ],
    1,
  ],
];
describe('conv', () => {
  test.each(cases)('%s', async (_n, xs, ws, s, p, d) => {
    const x = tf.randomNormal(xs),
      w = tf.randomNormal([ws[0], ws[1], xs[3], ws[2]]);
    const out: any = {};
    for (const e of ['cpu', 'wasm'] as const) {
      await useEngine(e);
      const f = (x: any, w: any) => tf.conv2d(x, w, s, p, 'NHWC', d);
      const X = tf.tensor(await x.data(), xs),
        W = tf.tensor(await w.data(), w.shape as any);
      const y = f(X, W);
      const dy = tf.tensor(
        Float32Array.from({ length: y.size }, (_, i) => Math.sin(i)),
        y.shape,
      );
      const [dx, dw] = tf.grads(f)([X, W], dy as any);
      out[e] = [await y.data(), await dx!.data(), await dw!.data()];
    }
    for (let k = 0; k < 3; k++) {
      let worst = 0;
      out.cpu[k].forEach((v: number, i: number) => (worst = Math.max(worst, Math.abs(v - out.wasm[k][i]))));
      expect(worst, String(k)).toBeLessThan(1e-4);
    }
  });
});
