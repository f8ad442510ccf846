import { runCommand, UsageError } from '@pcam/cli';
import { useEngine } from '@pcam/engine';
import { abortOnInterrupt } from '@pcam/training/node';
import { openData, syntheticData } from './data.js';
import { experiment } from './experiment.js';
import { experimentOptions } from './options.js';
import { writePictures } from './pictures.js';
import { writeReports } from './report/write.js';
import { shortcutExperiment } from './shortcut.js';

await runCommand({
  name: 'experiments/constraint',
  version: '0.0.0',
  summary: 'What makes maps segment real tissue, from labels alone, in one view?',
  options: experimentOptions,
  examples: [
    'npm run experiment -- --part real --real-data DIR --masked mosaic=DIR,masked-real=DIR@sources.csv:region',
    'npm run experiment -- --settings plain,composed,segmentation,unet        (synthetic patches)',
    'npm run experiment -- --part shortcut --settings plain,segmentation',
    'npm run experiment -- --part pictures --real-data DIR --masked masked-real=DIR --seeds 0',
    'npm run experiment -- --part report --against plain --sets mosaic,masked-real',
  ],
  async run(options) {
    const { part, out } = options;
    const say = (line: string): void => void process.stderr.write(`${line}\n`);
    if (part === 'real' && options.realData === undefined) {
      throw new UsageError('--part real needs --real-data, a folder of patches');
    }
    if (part !== 'report') {
      const engine = await useEngine(options.engine);
      say(`engine: ${engine.engine} on ${engine.device}, ${engine.threads} thread(s)`);
      const { signal } = abortOnInterrupt(() =>
        say('saving, then ending; the same command goes on from here'),
      );
      const data = part === 'synthetic' ? await syntheticData(options) : await openData(options);
      const settled = { ...options, signal };
      if (part === 'shortcut') await shortcutExperiment(data, settled, say);
      else if (part === 'pictures')
        for (const path of await writePictures(data, settled)) say(`wrote ${path}`);
      else await experiment(data, settled, say);
    }
    for (const path of await writeReports(out, options)) say(`wrote ${path}`);
  },
});
