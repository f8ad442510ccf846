import { type Subcommand, subcommand } from '@pcam/cli';
import { type FlatDataset, type FlatOrigin, LAYOUTS, type SpecDataset } from '@pcam/pcam-data/node';
import { z } from 'zod';
import { atWork } from '../at-work.js';
import { eachSplit } from '../open.js';
import { seedOption, splitOption, text } from '../options.js';

const options = z.strictObject({
  path: text().describe('Folder with patches in any layout, or a flat cache'),
  split: splitOption('all that are there'),
  seed: seedOption(),
  json: z.boolean().default(false).describe('Print it as JSON'),
});

export const info: Subcommand = subcommand({
  summary: 'Tell what is there: layout, patches, classes, masks, slides',
  options,
  paths: ['path'],
  examples: ['pcam-data info data'],
  run: ({ path, split, seed, json }) =>
    atWork(async ({ print, onProgress }) => {
      const found: SplitInfo[] = [];
      for await (const [name, dataset] of eachSplit(path, split, { seed, onProgress }))
        found.push(describe(name, dataset));
      if (json) print(JSON.stringify(found, null, 2));
      else for (const each of found) print(line(each));
    }),
});

type SplitInfo = ReturnType<typeof describe>;

function describe(split: string, dataset: SpecDataset & Partial<FlatDataset>) {
  const { name, length, height, width, hasMasks, labels, slides, spec, origin } = dataset;
  const positives = labels.reduce((a, b) => a + b, 0);
  return {
    split,
    name,
    layout: spec.kind,
    length,
    height,
    width,
    negatives: length - positives,
    positives,
    masks: hasMasks,
    slides: slides && new Set(slides).size,
    /** Where the data set is a flat cache: what it was prepared from. */
    source: origin && { dir: origin.dir, state: origin.state },
  };
}

function line({
  name,
  layout,
  length,
  height,
  width,
  negatives,
  positives,
  masks,
  slides,
  source,
}: SplitInfo): string {
  return [
    `${name} (${LAYOUTS[layout]}): ${length} patches of ${height}×${width}, ${negatives} negative, ${positives} positive`,
    masks ? ', masks' : '',
    slides === undefined ? '' : `, ${slides} slides`,
    source ? `; prepared from ${source.dir}, ${ORIGIN_STATES[source.state]}` : '',
  ].join('');
}

const ORIGIN_STATES: Readonly<Record<FlatOrigin['state'], string>> = {
  unchanged: 'which is unchanged',
  gone: 'whose files are gone, so nothing could be compared',
  unchecked: 'which was not looked at',
};
