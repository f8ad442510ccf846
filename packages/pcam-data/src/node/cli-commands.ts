import { stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { type Flags, requiredText, splitList, text, wholeNumber } from './cli-values.js';
import { downloadPcam } from './download.js';
import { DataError } from './errors.js';
import type { FlatDataset } from './flat.js';
import { EXTENSION } from './flat-format.js';
import type { FlatOrigin } from './flat-source.js';
import { SPLITS } from './official-files.js';
import { ZENODO } from './official-record.js';
import { type OpenDatasetOptions, openDataset } from './open-dataset.js';
import { prepareFlat } from './prepare.js';
import type { OnProgress } from './progress.js';
import type { SpecDataset } from './spec.js';
import { verifyPcam } from './verify.js';
import { formatReport } from './verify-report.js';
import { writeSyntheticPcam } from './write-synthetic.js';

/** What a command may use of the world. */
interface Context {
  readonly print: (line: string) => void;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
}

/** Every command returns the exit code. */
export type Command = (flags: Flags, context: Context, dir: string) => Promise<number>;

export const download: Command = async (flags, { print, onProgress, signal }) => {
  const base = text(flags, 'url');
  const results = await downloadPcam({
    dir: requiredText(flags, 'to'),
    splits: splitList(flags),
    meta: flags.meta === true,
    unpack: flags.unpack === true,
    record: base === undefined ? ZENODO : { ...ZENODO, base, suffix: '' },
    onProgress,
    signal,
  });
  for (const { path, state } of results) print(`${path}: ${state}`);
  return 0;
};

export const verify: Command = async (flags, { print, onProgress }, dir) => {
  const report = await verifyPcam(dir, {
    splits: splitList(flags),
    quick: flags.quick === true,
    official: flags.official === true,
    onProgress,
  });
  if (flags.json) print(JSON.stringify(report, null, 2));
  else for (const line of formatReport(report)) print(line);
  return report.ok ? 0 : 1;
};

export const prepare: Command = async (flags, { print, onProgress }, dir) => {
  const to = requiredText(flags, 'to');
  const open = { seed: wholeNumber(flags, 'seed'), useCache: false, onProgress };
  const splits = splitList(flags);
  const toFile = extname(to) !== '' && !(await isFolder(to));
  if (toFile && splits?.length !== 1)
    throw new DataError('usage', `--to ${to} is a file, which holds one split; give --split, or a folder`);
  let found = 0;
  for (const split of splits ?? SPLITS) {
    const dataset = await openThere(dir, split, splits !== undefined, open);
    if (!dataset) continue;
    found++;
    try {
      const file = toFile ? to : join(to, `${split}${EXTENSION}`);
      const wrote = await prepareFlat(dataset, file, { force: flags.force === true, onProgress });
      print(`${file}: ${wrote ? `${dataset.length} patches` : 'already there, up to date'}`);
    } finally {
      await dataset.close();
    }
  }
  if (found === 0) throw new DataError('missing-split', `${dir} has none of the splits ${SPLITS.join(', ')}`);
  return 0;
};

export const synthesize: Command = async (flags, { print, onProgress }) => {
  const dir = requiredText(flags, 'to');
  const counts = SPLITS.map((split) => [split, wholeNumber(flags, split)] as const).filter(
    ([, n]) => n !== undefined,
  );
  const paths = await writeSyntheticPcam({
    dir,
    seed: wholeNumber(flags, 'seed') ?? 0,
    splits: counts.length === 0 ? { train: 4000, valid: 500, test: 500 } : Object.fromEntries(counts),
    size: wholeNumber(flags, 'size'),
    slides: wholeNumber(flags, 'slides'),
    onProgress: (done, total) => onProgress({ task: 'synthesize', done, total, unit: 'patches' }),
  });
  for (const path of paths) print(path);
  return 0;
};

export const info: Command = async (flags, { print, onProgress }, dir) => {
  const wanted = splitList(flags);
  const open = { seed: wholeNumber(flags, 'seed'), onProgress };
  const splits = [];
  for (const split of wanted ?? SPLITS) {
    const dataset = await openThere(dir, split, wanted !== undefined, open);
    if (!dataset) continue;
    const { name, length, height, width, hasMasks, labels, slides, spec } = dataset;
    const positives = labels.reduce((a, b) => a + b, 0);
    splits.push({
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
      source: originOf(dataset),
    });
    await dataset.close();
  }
  if (flags.json) print(JSON.stringify(splits, null, 2));
  else
    for (const s of splits)
      print(
        `${s.name} (${LAYOUTS[s.layout]}): ${s.length} patches of ${s.height}×${s.width}, ${s.negatives} negative, ` +
          `${s.positives} positive${s.masks ? ', masks' : ''}${s.slides === undefined ? '' : `, ${s.slides} slides`}` +
          (s.source ? `; prepared from ${s.source.dir}, ${ORIGIN_STATES[s.source.state]}` : ''),
      );
  return 0;
};

const LAYOUTS: Readonly<Record<SpecDataset['spec']['kind'], string>> = {
  pcam: 'official files',
  flat: 'flat cache',
  kaggle: 'Kaggle',
  folder: 'folder per class',
};

const ORIGIN_STATES: Readonly<Record<FlatOrigin['state'], string>> = {
  unchanged: 'which is unchanged',
  gone: 'whose files are gone, so nothing could be compared',
  unchecked: 'which was not looked at',
};

/** Where the data set is a flat cache: what it was prepared from. */
function originOf(dataset: SpecDataset & Partial<FlatDataset>): Omit<FlatOrigin, 'spec'> | undefined {
  return dataset.origin && { dir: dataset.origin.dir, state: dataset.origin.state };
}

/** Opens a split; undefined where it is not there and nobody asked for it by name. */
async function openThere(
  dir: string,
  split: string,
  asked: boolean,
  options: OpenDatasetOptions,
): Promise<SpecDataset | undefined> {
  try {
    return await openDataset(dir, split, options);
  } catch (error) {
    if (!asked && error instanceof DataError && error.code === 'missing-split') return undefined;
    throw error;
  }
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (s) => s.isDirectory(),
    () => false,
  );
