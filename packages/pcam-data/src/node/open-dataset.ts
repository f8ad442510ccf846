import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { checkKeys } from '@pcam/options';
import { DataError, fileError } from './errors.js';
import { type FlatDataset, type OpenFlatOptions, openFlat } from './flat.js';
import { FLAT_EXTENSION } from './flat-format.js';
import { DEFAULT_FRACTIONS, type SplitOptions } from './fractions.js';
import { type FilesLayout, type Layout, OPENERS } from './layouts.js';
import type { OpenPcamOptions } from './official.js';
import { listFolder, SPLITS } from './official-files.js';
import type { DatasetSpec, SpecDataset } from './spec.js';

const FILES_LAYOUTS = Object.keys(OPENERS) as FilesLayout[];

/** How a data set of whatever layout is opened; each layout takes what means something for it. */
export interface OpenDatasetOptions extends OpenPcamOptions, SplitOptions {
  /** Whether a flat cache in the folder goes before the files it was prepared from; true by default. */
  readonly useCache?: boolean;
}

/**
 * Finds out how the patches of a split lie in a folder. A flat cache of the split goes
 * before the files it was prepared from, unless `useCache` is false.
 * @throws DataError unknown-layout, listing what was looked for; missing-file, unreadable.
 */
export async function detectLayout(
  dir: string,
  split: string,
  { useCache = true }: Pick<OpenDatasetOptions, 'useCache'> = {},
): Promise<Layout> {
  const folder = resolve(dir);
  const names = await listFolder(folder);
  if (useCache && names.includes(`${split}${FLAT_EXTENSION}`)) return 'flat';
  for (const layout of FILES_LAYOUTS) if (await OPENERS[layout].recognises(folder, names)) return layout;
  if (SPLITS.some((s) => names.includes(`${s}${FLAT_EXTENSION}`))) return 'flat';
  const [official, ...others] = FILES_LAYOUTS.map((layout) => OPENERS[layout].looksFor(split));
  const looked = [official, `${split}${FLAT_EXTENSION}`, ...others];
  throw new DataError(
    'unknown-layout',
    `${folder} holds no patches in a known layout; looked for ${looked.slice(0, -1).join(', ')}, and ${looked.at(-1)}`,
  );
}

/**
 * Opens a split of patches, however they lie: a flat cache (the file or its folder),
 * PatchCamelyon's official files, Kaggle's layout, or a folder per class.
 * @param path a folder, or a flat cache, which holds one split.
 * @throws DataError with a one-line message and a `code` telling what is wrong.
 */
export async function openDataset(
  path: string,
  split: string,
  options: OpenDatasetOptions = {},
): Promise<SpecDataset> {
  checkKeys<OpenDatasetOptions>('openDataset', options, {
    useCache: true,
    seed: true,
    fractions: true,
    cacheDir: true,
    cacheBytes: true,
    onProgress: true,
  });
  const { useCache, seed, fractions, ...reading } = options;
  const isFile = await stat(path).then(
    (s) => s.isFile(),
    (error: unknown) => {
      throw fileError(error, resolve(path), 'read');
    },
  );
  if (isFile) return openFlatOf(path, { seed, fractions }, split);
  const layout = await detectLayout(path, split, { useCache });
  if (layout === 'flat') return openFlatSplit(path, split, { seed, fractions });
  return OPENERS[layout].open(path, split, { seed, fractions, ...reading });
}

/**
 * Opens the data set that a spec describes.
 * @param options what a flat cache is opened with.
 * @throws DataError as its opener does.
 */
export async function openSpec(spec: DatasetSpec, options: OpenFlatOptions = {}): Promise<SpecDataset> {
  if (spec.kind === 'flat') return openFlat(spec.file, options);
  if (!Object.hasOwn(OPENERS, spec.kind)) throw new TypeError(`no data set of kind "${String(spec.kind)}"`);
  const { kind, dir, split, ...rest } = spec;
  return OPENERS[kind].open(dir, split, rest);
}

async function openFlatSplit(dir: string, split: string, wanted: SplitOptions): Promise<SpecDataset> {
  const names = await listFolder(dir);
  if (!names.includes(`${split}${FLAT_EXTENSION}`)) {
    const there = SPLITS.filter((s) => names.includes(`${s}${FLAT_EXTENSION}`));
    throw new DataError(
      'missing-split',
      `${resolve(dir)} has no split "${split}"; it has ${there.join(', ')}`,
    );
  }
  return openFlatOf(join(dir, `${split}${FLAT_EXTENSION}`), wanted);
}

/** @param split what it must hold, where its name does not tell. */
async function openFlatOf(path: string, wanted: SplitOptions, split?: string): Promise<SpecDataset> {
  const flat = await openFlat(path);
  try {
    const { spec } = flat.origin;
    if (split !== undefined && spec.split !== split)
      throw new DataError('missing-split', `${resolve(path)} has no split "${split}"; it has ${spec.split}`);
    checkDivision(flat, wanted);
  } catch (error) {
    await flat.close();
    throw error;
  }
  return flat;
}

/** A cache holds one division of its source: who asks for another must not get this one unawares. */
function checkDivision({ origin, sources }: FlatDataset, wanted: SplitOptions): void {
  if (!OPENERS[origin.spec.kind]?.isDivided) return;
  const { seed = 0, fractions } = origin.spec;
  const differ = (what: string, has: unknown, asked: unknown): void => {
    if (asked === undefined || JSON.stringify(asked) === JSON.stringify(has)) return;
    throw new DataError(
      'stale',
      `${sources[0]} was prepared with ${what} ${JSON.stringify(has)}, not ${JSON.stringify(asked)}; prepare it again with that, or open ${origin.dir} itself`,
    );
  };
  differ('seed', seed, wanted.seed);
  differ('fractions', fractions ?? DEFAULT_FRACTIONS, wanted.fractions);
}
