import * as tf from '@tensorflow/tfjs-core';
import { createModel } from '../../models/src/index.js';
import { useEngine } from '../src/index.js';

await useEngine('wasm');
const name = process.argv[2] ?? 'resnet',
  B = Number(process.argv[3] ?? 8);
const model = createModel(JSON.parse(name.startsWith('{') ? name : `{"name":"${name}"}`) as any);
const x = tf.randomUniform([B, 96, 96, 3]) as any,
  y = tf.tensor1d(Array.from({ length: B }, (_, i) => i % 2));
const vars = [...model.variables.values()].filter((v: any) => v.trainable);
const kern: any = {};
function step() {
  return tf.tidy(() => {
    const { value, grads } = tf.variableGrads(() => {
      const l = model.forward(x, { training: true, seed: 1 } as any);
      return tf.mean(tf.sub(tf.softplus(l), tf.mul(l, y))) as any;
    }, vars as any);
    return value.dataSync()[0];
  });
}
step();
step();
console.log('mem', tf.memory().numTensors);
let t = performance.now();
step();
console.log('ms/step', performance.now() - t, 'B', B);
const be: any = tf.backend();
const names = tf.getKernelsForBackend('wasm');
for (const k of names) {
  const o = k.kernelFunc;
  const w = (p: any) => {
    const t = performance.now();
    const r = o(p);
    const e = (kern[k.kernelName] ??= { n: 0, ms: 0 });
    e.n++;
    e.ms += performance.now() - t;
    const key =
      k.kernelName +
      ' ' +
      Object.values(p.inputs)
        .flat()
        .map((i: any) => (i && i.shape ? '[' + i.shape + ']' : ''))
        .join(' ') +
      (p.attrs?.axis !== undefined ? JSON.stringify(p.attrs.axis) : '');
    const f = (kern[key] ??= { n: 0, ms: 0 });
    f.n++;
    f.ms += performance.now() - t;
    return r;
  };
  tf.unregisterKernel(k.kernelName, 'wasm');
  tf.registerKernel({ ...k, kernelFunc: w });
}
t = performance.now();
for (let i = 0; i < 3; i++) step();
const total = (performance.now() - t) / 3;
console.log(
  'total',
  total,
  'kernels',
  Object.entries(kern)
    .filter(([k]) => !k.includes(' '))
    .reduce((a, [, v]: any) => a + v.ms / 3, 0),
  'tensors',
  tf.memory().numTensors,
);
for (const f of [false, true])
  console.log(
    Object.entries(kern)
      .filter(([k]) => k.includes(' ') === f)
      .sort((a: any, b: any) => b[1].ms - a[1].ms)
      .slice(0, 16)
      .map(([k, v]: any) => `${(v.ms / 3).toFixed(1).padStart(8)} ms ${v.n / 3}x ${k}`)
      .join('\n'),
  );
