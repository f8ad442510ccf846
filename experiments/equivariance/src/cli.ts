import { runCommand } from '@pcam/cli';
import { useEngine } from '@pcam/engine';
import { abortOnInterrupt } from '@pcam/training/node';
import { budget } from './budget.js';
import { openSplits } from './data.js';
import { curveExperiment } from './experiment.js';
import { experimentOptions } from './options.js';
import { writeReports } from './report/write.js';

await runCommand({
  name: 'experiments/equivariance',
  version: '0.0.0',
  summary: 'Does symmetry built in beat symmetry shown, the more so the less data?',
  options: experimentOptions,
  examples: [
    'npm run experiment:equivariance -- --dry-run                  (what it would take)',
    'npm run experiment:equivariance -- --part real --real-data DIR (the learning curves, half a day of one core)',
    'npm run experiment:equivariance -- --part synthetic',
    'npm run experiment:equivariance -- --networks cnn,cnn-p4m --seeds 0 (a first look)',
    'npm run experiment:equivariance -- --part report              (tables and plots of what there is)',
  ],
  async run(options) {
    const say = (line: string): void => void process.stderr.write(`${line}\n`);
    if (options.part !== 'report') {
      const splits = await openSplits(options);
      const engine = await useEngine(options.engine);
      say(`engine: ${engine.engine} on ${engine.device}, ${engine.threads} thread(s)`);
      if (options.dryRun) {
        process.stdout.write(`${await budget(options, splits)}\n`);
        return;
      }
      const interrupt = abortOnInterrupt((name) => say(`${name}: finishing this step and saving`));
      try {
        const { signal } = interrupt;
        await curveExperiment({ options, splits, engine, signal }, say);
        if (signal.aborted) process.exitCode = 130;
      } finally {
        interrupt.dispose();
      }
    }
    const written = await writeReports(options.out);
    for (const path of written) say(`wrote ${path}`);
    if (options.part === 'report' && written.length === 0) {
      throw new Error(`${options.out} has no results; run --part synthetic or --part real first`);
    }
  },
});
