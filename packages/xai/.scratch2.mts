import { useEngine } from '@pcam/engine';
import * as tf from '@tensorflow/tfjs-core';
import { enableHigherOrderGradients } from './src/index.ts';
import { errors, kernelsOf, registered } from './test/helpers/second-order.ts';
import { rows } from './test/higher-order/rows.ts';

const names = process.argv.slice(2);
const t0 = performance.now();
for (const name of names) {
  if (name === 'plain') {
    await import('@tensorflow/tfjs');
    await tf.setBackend('cpu');
  } else await useEngine(name as any);
  enableHigherOrderGradients();
  const have = new Set(rows.map((r) => r.kernel));
  console.log(
    name,
    'missing rows',
    registered()
      .filter((k) => !have.has(k))
      .join(' '),
  );
  for (const r of rows) {
    try {
      const e = errors(r.op, r.inputs);
      if (!(e.first < 1e-4 && e.second < 1e-4) || process.env.ALL)
        console.log(name, r.kernel, r.what ?? '', e.first.toExponential(1), e.second.toExponential(1));
      const ks = await kernelsOf(r.op, r.inputs);
      if (!ks.includes(r.kernel)) console.log('   NOT RUN', r.kernel, ks.join(' '));
    } catch (err) {
      console.log(name, r.kernel, r.what ?? '', String(err).slice(0, 200));
    }
  }
  console.log(name, 'tensors', tf.memory().numTensors, performance.now() - t0);
}
