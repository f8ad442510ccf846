import { useEngine } from '@pcam/engine';
import * as tf from '@tensorflow/tfjs-core';
import { enableHigherOrderGradients } from './src/index.ts';
import { errors, kernelsOf, registered } from './test/helpers/second-order.ts';
import { rows } from './test/higher-order/rows.ts';

for (const e of ['cpu', 'wasm', 'native'] as const) {
  await useEngine(e);
  enableHigherOrderGradients();
  const c0 = process.cpuUsage().user;
  const slow: any[] = [];
  for (const r of rows) {
    const t = process.cpuUsage().user;
    errors(r.op, r.inputs);
    slow.push([(process.cpuUsage().user - t) / 1e3, r.kernel, r.what]);
  }
  const c1 = process.cpuUsage().user;
  for (const r of rows) await kernelsOf(r.op, r.inputs);
  console.log(
    e,
    'errors',
    (c1 - c0) / 1e3,
    'kernelsOf',
    (process.cpuUsage().user - c1) / 1e3,
    slow
      .sort((a, b) => b[0] - a[0])
      .slice(0, 8)
      .join(' | '),
  );
}
