import { type Subcommand, subcommand } from '@pcam/cli';
import { SPLITS, writeSyntheticPcam } from '@pcam/pcam-data/node';
import { z } from 'zod';
import { atWork } from '../at-work.js';
import { text, wholeNumber } from '../options.js';

/** Patches in a split where no count is given. */
const COUNTS = { train: 4000, valid: 500, test: 500 };

const options = z.strictObject({
  to: text().describe('Folder to write into').meta({ placeholder: '<dir>' }),
  train: count(`Patches of the train split (${COUNTS.train} if no count is given)`),
  valid: count(`Patches of the valid split (${COUNTS.valid})`),
  test: count(`Patches of the test split (${COUNTS.test})`),
  size: wholeNumber().default(96).describe('Height and width in pixels').meta({ placeholder: '<n>' }),
  slides: wholeNumber().default(40).describe('Synthetic slides in a split').meta({ placeholder: '<n>' }),
  seed: wholeNumber().default(0).describe('Another seed gives other patches').meta({ placeholder: '<n>' }),
});

export const synthesize: Subcommand = subcommand({
  summary: 'Write a synthetic data set with masks in the official layout',
  options,
  examples: ['pcam-data synthesize --to synthetic --train 2000 --valid 400 --test 400'],
  run: ({ to, seed, size, slides, ...asked }) =>
    atWork(async ({ print, onProgress }) => {
      const counts = SPLITS.flatMap((split) => (asked[split] === undefined ? [] : [[split, asked[split]]]));
      const paths = await writeSyntheticPcam({
        dir: to,
        seed,
        splits: counts.length === 0 ? COUNTS : Object.fromEntries(counts),
        size,
        slides,
        onProgress: (done, total) => onProgress({ task: 'synthesize', done, total, unit: 'patches' }),
      });
      for (const path of paths) print(path);
    }),
});

function count(what: string): z.ZodOptional<z.ZodInt> {
  return wholeNumber().optional().describe(what).meta({ placeholder: '<n>' });
}
