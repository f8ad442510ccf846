import { runCommand } from '@pcam/cli';
import manifest from '../package.json' with { type: 'json' };
import { checkCombinations } from './combinations.js';
import { impliedOptions } from './implied.js';
import { otherNames, trainOptions } from './options.js';
import { presetsBeside } from './presets.js';
import { train } from './train.js';
import { dryRun, overfitBatch } from './trial.js';

await runCommand({
  name: 'pcam-train',
  version: manifest.version,
  summary: 'Trains a metastasis classifier on PatchCamelyon patches.',
  options: trainOptions,
  presetKey: 'preset',
  presets: presetsBeside,
  implied: impliedOptions,
  check: checkCombinations,
  otherNames,
  examples: [
    'pcam-train --data synthetic --out runs/first --epochs 5',
    'pcam-train --data pcam --model resnet --out runs/resnet --seed 1',
    'pcam-train --data pcam --preset vit.json --out runs/vit --learning-rate 1e-3',
    'pcam-train --data pcam --preset segmentation --out runs/maps',
    'pcam-train --data pcam --preset segmentation --pseudo-masks self --out runs/twice (a teacher, then its student)',
    'pcam-train --data pcam --model-preset cnn-fine --constraint gradCam --lambda 0.3 --out runs/constrained',
    'pcam-train --data pcam --model fcn --constraint gradCam --pseudo-masks runs/first --out runs/second',
    'pcam-train --data pcam --init-from runs/resnet --out runs/longer --learning-rate 3e-4 (begins with its weights)',
    'pcam-train --resume --out runs/resnet             (goes on after Ctrl-C or a crash)',
    'pcam-train --resume --out runs/resnet --epochs 60 (lengthens it)',
    'pcam-train --data pcam --out runs/x --dry-run     (checks everything, writes nothing)',
  ],
  async run(options) {
    // With --json, stdout carries the result alone; lines for people go to stderr.
    const say = (line: string): void =>
      void (options.json ? process.stderr : process.stdout).write(`${line}\n`);
    const work = options.dryRun ? dryRun : options.overfitBatch ? overfitBatch : train;
    const summary = await work(options, say);
    if (options.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
    if ('stopped' in summary && summary.stopped === 'aborted') process.exitCode = 130;
    if ('overfits' in summary && !summary.overfits) process.exitCode = 1;
  },
});
