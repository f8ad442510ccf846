import { stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { type Subcommand, subcommand, UsageError } from '@pcam/cli';
import { DataError, FLAT_EXTENSION, prepareFlat, SPLITS } from '@pcam/pcam-data/node';
import { z } from 'zod';
import { atWork } from '../at-work.js';
import { eachSplit } from '../open.js';
import { seedOption, splitList, splitOption, text } from '../options.js';

const options = z.strictObject({
  dir: text().describe('Folder with patches in any layout'),
  to: text().describe('Folder, or a file for one split').meta({ placeholder: '<path>' }),
  split: splitOption('all that are there'),
  seed: seedOption(),
  force: z
    .boolean()
    .default(false)
    .describe('Also where the file is there and up to date, or is the cache of another folder'),
});

export const prepare: Subcommand = subcommand({
  summary: 'Stream splits into flat files for fast reads in any order',
  options,
  paths: ['dir'],
  examples: ['pcam-data prepare data --to flat'],
  run: ({ dir, to, split, seed, force }) =>
    atWork(async ({ print, onProgress }) => {
      const toFile = extname(to) !== '' && !(await isFolder(to));
      if (toFile && splitList(split)?.length !== 1)
        throw new UsageError(`--to ${to} is a file, which holds one split; give --split, or a folder`);
      let found = 0;
      for await (const [name, dataset] of eachSplit(dir, split, { seed, useCache: false, onProgress })) {
        found++;
        const file = toFile ? to : join(to, `${name}${FLAT_EXTENSION}`);
        const wrote = await prepareFlat(dataset, file, { force, onProgress });
        print(`${file}: ${wrote ? `${dataset.length} patches` : 'already there, up to date'}`);
      }
      if (found === 0)
        throw new DataError('missing-split', `${dir} has none of the splits ${SPLITS.join(', ')}`);
    }),
});

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (s) => s.isDirectory(),
    () => false,
  );
