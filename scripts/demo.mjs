// `npm run demo`: from nothing to a report on a small synthetic PCam. `npm run demo -- --short` is CI's size,
// `-- --data DIR` runs the same commands on real PCam files.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fail, installAndBuild, root, run } from './workspace.mjs';

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    data: { type: 'string' },
    out: { type: 'string', default: 'demo' },
  },
});
const size = values.short
  ? { patches: 'train=256,valid=96,test=96', epochs: '2', maps: '8' }
  : { patches: 'train=2048,valid=512,test=512', epochs: '8', maps: '24' };

if (values.data && !existsSync(values.data))
  fail(`${values.data} does not exist: --data takes a folder with PCam files.`);
installAndBuild();

const out = join(root, values.out);
const data = values.data ?? join(out, 'data');
const started = Date.now();
const step = (title, command, args) => {
  console.log(`\n── ${title}\n$ ${command} ${args.join(' ')}\n`);
  run('node', [join(root, bins[command]), ...args]);
};
const bins = {
  'pcam-data': 'packages/pcam-data/dist/node/cli.js',
  'pcam-train': 'apps/trainer/dist/cli.js',
  'pcam-evaluate': 'apps/evaluator/dist/cli.js',
};

if (!values.data) {
  step('Make a small synthetic PCam', 'pcam-data', [
    'synthesize',
    '--to',
    data,
    '--splits',
    size.patches,
    '--overwrite',
  ]);
}
step('Train', 'pcam-train', [
  '--data',
  data,
  '--out',
  join(out, 'run'),
  '--epochs',
  size.epochs,
  '--overwrite',
]);
step('Evaluate and explain', 'pcam-evaluate', [
  '--run',
  join(out, 'run'),
  '--data',
  data,
  '--split',
  'test',
  '--out',
  join(out, 'evaluation'),
  '--maps',
  size.maps,
  '--overwrite',
]);
console.log(
  `\nDone in ${Math.round((Date.now() - started) / 1000)} s. Open ${join(out, 'evaluation', 'report.html')} in a browser.`,
);
