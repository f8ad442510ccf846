import { type Subcommand, subcommand } from '@pcam/cli';
import { downloadPcam, SPLITS, ZENODO } from '@pcam/pcam-data/node';
import { z } from 'zod';
import { atWork } from '../at-work.js';
import { splitList, text } from '../options.js';

const options = z.strictObject({
  to: text().describe('Folder to download into').meta({ placeholder: '<dir>' }),
  split: text().default(SPLITS.join()).describe(`Some of ${SPLITS.join()}`).meta({ placeholder: '<list>' }),
  noMeta: z.boolean().default(false).describe('Without the meta CSVs (coordinates and slides)'),
  unpack: z.boolean().default(false).describe('Also decompress, which otherwise happens at first use'),
  url: text().optional().describe('Another place with the same files').meta({ placeholder: '<base>' }),
});

export const download: Subcommand = subcommand({
  summary: "Download PatchCamelyon's official files, or go on with it",
  options,
  examples: ['pcam-data download --to data --split valid,test'],
  run: ({ to, split, noMeta, unpack, url }) =>
    atWork(
      async ({ print, onProgress, signal }) => {
        const results = await downloadPcam({
          dir: to,
          splits: splitList(split),
          meta: !noMeta,
          unpack,
          record: url === undefined ? ZENODO : { ...ZENODO, base: url, suffix: '' },
          onProgress,
          signal,
        });
        for (const { path, state } of results) print(`${path}: ${state}`);
      },
      { resumes: true },
    ),
});
