import * as tf from '@tensorflow/tfjs-core';
import { useEngine } from '../src/index.js';

await useEngine('wasm');
const B = Number(process.argv[2] ?? 16);
for (const [H, C, K, s, co] of [
  [48, 64, 3, 1, 64],
  [24, 128, 3, 1, 128],
  [12, 256, 3, 1, 256],
  [6, 512, 3, 1, 512],
  [48, 64, 3, 2, 128],
  [48, 64, 1, 1, 64],
  [48, 64, 1, 2, 128],
  [96, 3, 3, 2, 32],
  [96, 3, 7, 2, 64],
] as const) {
  const x = tf.randomUniform([B, H, H, C]) as any,
    w = tf.randomUniform([K, K, C, co]) as any;
  const y = tf.conv2d(x, w, s, 'same');
  const run: any = {
    fwd: () => tf.conv2d(x, w, s, 'same'),
    input: () =>
      tf.engine().runKernel('Conv2DBackpropInput', { dy: y, filter: w }, {
        inputShape: x.shape,
        strides: s,
        pad: 'same',
        dataFormat: 'NHWC',
      } as any),
    filter: () =>
      tf.engine().runKernel('Conv2DBackpropFilter', { dy: y, x }, {
        filterShape: w.shape,
        strides: s,
        pad: 'same',
        dataFormat: 'NHWC',
      } as any),
  };
  const f = 2 * y.size * C * K * K;
  const out: any = [];
  for (const k in run) {
    let best = 1e9;
    for (let r = 0; r < 12; r++) {
      const t = performance.now();
      run[k]().dispose();
      best = Math.min(best, performance.now() - t);
    }
    out.push(k + ' ' + (f / best / 1e6).toFixed(1));
  }
  console.log(H, C, K, s, co, (f / 1e9).toFixed(2) + ' GFLOP', out.join('  '));
  tf.dispose([x, w, y]);
}
