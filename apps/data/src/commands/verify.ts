import { type Subcommand, subcommand } from '@pcam/cli';
import { formatReport, verifyPcam } from '@pcam/pcam-data/node';
import { z } from 'zod';
import { atWork } from '../at-work.js';
import { splitList, splitOption, text } from '../options.js';

const options = z.strictObject({
  dir: text().describe('Folder with official files'),
  split: splitOption('all that are there'),
  quick: z.boolean().default(false).describe('Only headers, labels and metadata'),
  official: z.boolean().default(false).describe('Every file must be the official one'),
  json: z.boolean().default(false).describe('Print the report as JSON'),
});

export const verify: Subcommand = subcommand({
  summary: 'Check sizes, md5s, keys, shapes, dtypes, labels, masks and slides',
  options,
  paths: ['dir'],
  examples: ['pcam-data verify data'],
  run: ({ dir, split, quick, official, json }) =>
    atWork(async ({ print, onProgress }) => {
      const report = await verifyPcam(dir, { splits: splitList(split), quick, official, onProgress });
      if (json) print(JSON.stringify(report, null, 2));
      else for (const line of formatReport(report)) print(line);
      if (!report.ok) process.exitCode = 1;
    }),
});
