import { runCommand } from '@pcam/cli';
import manifest from '../package.json' with { type: 'json' };
import { predictImagesOptions } from './unlabelled/options.js';
import { predictImages, tablePath } from './unlabelled/predict-images.js';

await runCommand({
  name: 'pcam-predict',
  version: manifest.version,
  summary: 'Predicts images without labels by a run of pcam-train, with maps and masks of why.',
  options: predictImagesOptions,
  presetKey: 'preset',
  examples: [
    'pcam-predict --run runs/first --images patches/ > predictions.csv',
    'pcam-predict --run runs/first --images patch.png --json',
    'pcam-predict --run runs/first --images mine.h5 --out predicted --tta --maps',
    'pcam-predict --run runs/first --images patches/ --out predicted --maps --masks runs/first/evaluation',
  ],
  async run(options) {
    // Without --out, stdout carries the table (or with --json the array) alone; lines for people go to stderr.
    const table = options.json || options.out === undefined;
    const say = (line: string): void => void (table ? process.stderr : process.stdout).write(`${line}\n`);
    const { rows, csv, out, threshold, thresholdSource } = await predictImages(options, say);
    const called = rows.filter(({ predicted }) => predicted === 1).length;
    say(
      `${rows.length} ${rows.length === 1 ? 'image' : 'images'}, ${called} called tumour; threshold ${threshold.toFixed(3)}, ${thresholdSource}`,
    );
    if (out !== undefined) say(`predictions: ${tablePath(out)}`);
    if (options.json) process.stdout.write(`${JSON.stringify(rows)}\n`);
    else if (out === undefined) process.stdout.write(csv);
  },
});
