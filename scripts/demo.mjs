// `npm run demo`: from nothing to a report on a small synthetic PCam. `npm run demo -- --short` is CI's size,
// `-- --data DIR` runs the same commands on real PCam files, `-- --engine NAME` on another engine than the fastest.
import { existsSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fail, installAndBuild, parseFlags, root, run } from './workspace.mjs';

const OUT = 'demo';
const COMMANDS = {
  'pcam-data': 'apps/data/bin/pcam-data.js',
  'pcam-train': 'apps/trainer/bin/pcam-train.js',
  'pcam-evaluate': 'apps/evaluator/bin/pcam-evaluate.js',
};

const USAGE =
  'Usage: npm run demo -- [--short] [--data DIR with PCam files] [--engine NAME as of pcam-train --help]';
const { values } = parseFlags(USAGE, {
  options: {
    short: { type: 'boolean', default: false },
    data: { type: 'string' },
    engine: { type: 'string', default: 'auto' },
  },
});
if (values.data && !existsSync(values.data)) {
  fail(`${values.data} does not exist: --data takes a folder with PCam files.`);
}
const size = values.short
  ? { train: 256, valid: 96, test: 96, epochs: 2, maps: 8 }
  : { train: 2048, valid: 512, test: 512, epochs: 6, maps: 24 };

installAndBuild();
const started = performance.now();
const data = values.data ?? join(OUT, 'data');
if (!values.data) {
  const counts = ['train', 'valid', 'test'].flatMap((split) => [`--${split}`, size[split]]);
  step('Make a small synthetic PCam', 'pcam-data', ['synthesize', '--to', data, ...counts]);
}
// A demo starts from the beginning each time; a run of the user's own is never removed by the commands.
rmSync(join(root, OUT, 'run'), { recursive: true, force: true });
const engine = ['--engine', values.engine];
step('Train', 'pcam-train', ['--data', data, '--out', join(OUT, 'run'), '--epochs', size.epochs, ...engine]);
const evaluation = join(OUT, 'evaluation');
step('Evaluate and explain', 'pcam-evaluate', [
  '--run',
  join(OUT, 'run'),
  '--data',
  data,
  '--out',
  evaluation,
  '--maps',
  size.maps,
  ...engine,
]);

const seconds = Math.round((performance.now() - started) / 1000);
console.log(
  `\nDone, in ${seconds} s after the build. Open ${join(root, evaluation, 'report.html')} in a browser.`,
);

/** Shows a command as a user would type it, and runs it. */
function step(title, command, args) {
  console.log(`\n── ${title}\n$ ${command} ${args.join(' ')}\n`);
  run(process.execPath, [relative(root, join(root, COMMANDS[command])), ...args.map(String)]);
}
