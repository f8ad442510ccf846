import { runCommand } from '@pcam/cli';
import { useEngine } from '@pcam/engine';
import { experimentOptions } from './options.js';
import { writePictures } from './pictures.js';
import { realExperiment } from './real.js';
import { writeReports } from './report/write.js';
import { shortcutExperiment } from './shortcut.js';
import { syntheticExperiment } from './synthetic.js';

await runCommand({
  name: 'experiments/constraint',
  version: '0.0.0',
  summary: 'Does the attribution constraint turn patch labels into segmentations?',
  options: experimentOptions,
  examples: [
    'npm run experiment -- --out results/constraint                (the table, some hours on two cores)',
    'npm run experiment -- --trainings none,gradCam --seeds 0       (a first look, ten minutes)',
    'npm run experiment -- --part shortcut --trainings none,gradCam',
    'npm run experiment -- --part real --real-data DIR --masked-data DIR --epochs 20',
  ],
  async run(options) {
    const say = (line: string): void => void process.stderr.write(`${line}\n`);
    const engine = await useEngine(options.engine);
    say(`engine: ${engine.engine} on ${engine.device}, ${engine.threads} thread(s)`);
    if (options.part === 'synthetic') await syntheticExperiment(options, say);
    if (options.part === 'shortcut') await shortcutExperiment(options, say);
    if (options.part === 'real') await realExperiment(options, say);
    if (options.part === 'pictures') await writePictures(options, say);
    for (const path of await writeReports(options.out)) say(`wrote ${path}`);
  },
});
