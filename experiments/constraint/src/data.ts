import { basename, resolve } from 'node:path';
import { UsageError } from '@pcam/cli';
import {
  createMemoryDataset,
  createSyntheticDataset,
  type Dataset,
  type MemoryDataset,
  readIntoMemory,
} from '@pcam/pcam-data';
import { openDataset, readColumns } from '@pcam/pcam-data/node';
import type { ExperimentOptions, MaskedSource } from './options.js';

export interface Splits {
  readonly train: Dataset;
  readonly valid: Dataset;
}

/** What networks are trained and measured on. */
export interface Data extends Splits {
  /** Tells results on other patches apart. */
  readonly name: string;
  readonly test: Dataset;
  /** With true masks, of which no network is told; empty where there are none. */
  readonly masked: readonly MaskedSet[];
  /** Of the same patches, with their true masks, where there are such: for the ceiling alone. */
  readonly supervised?: Splits;
}

/** Patches with true masks, to measure maps on. */
export interface MaskedSet {
  readonly name: string;
  readonly dataset: Dataset;
  /** Of each patch, e.g. its region or slide; each is its own where nothing is told. */
  readonly groups?: readonly string[] | undefined;
}

export type DataOptions = Pick<
  ExperimentOptions,
  'realData' | 'masked' | 'size' | 'train' | 'valid' | 'test'
>;

/** Real patches where a folder of them is given, else synthetic ones. */
export function openData(options: DataOptions): Promise<Data> {
  return options.realData === undefined ? syntheticData(options) : realData(options.realData, options.masked);
}

/** Painted once; slides are of one split only. The seed is the data's, the same for all networks. */
export async function syntheticData(options: DataOptions): Promise<Data> {
  const { size } = options;
  const paint = (split: 'train' | 'valid' | 'test'): Promise<MemoryDataset> =>
    readIntoMemory(createSyntheticDataset({ seed: 0, split, n: options[split], size }));
  const [train, valid, test] = [await paint('train'), await paint('valid'), await paint('test')];
  return {
    name: `synthetic ${size} px, ${options.train}/${options.valid}/${options.test} patches`,
    train: labelsOnly(train),
    valid: labelsOnly(valid),
    test,
    masked: [{ name: 'test', dataset: test, groups: test.slides }],
    supervised: { train, valid },
  };
}

async function realData(folder: string, masked: readonly MaskedSource[]): Promise<Data> {
  const open = async (split: 'train' | 'valid' | 'test'): Promise<MemoryDataset> =>
    labelsOnly(await readIntoMemory(await openDataset(folder, split)));
  const [train, valid, test] = [await open('train'), await open('valid'), await open('test')];
  return { name: basename(resolve(folder)), train, valid, test, masked: await openMasked(masked) };
}

/** @throws UsageError where a set has no masks, or not one group a patch. */
async function openMasked(sources: readonly MaskedSource[]): Promise<MaskedSet[]> {
  const sets: MaskedSet[] = [];
  for (const { name, folder, groups } of sources) {
    const dataset = await readIntoMemory(await openDataset(folder, 'test'));
    if (!dataset.hasMasks) throw new UsageError(`--masked ${name}: ${folder} has no masks to measure by`);
    if (!groups) {
      sets.push({ name, dataset, groups: dataset.slides });
      continue;
    }
    const path = resolve(folder, groups.path);
    const rows = await readColumns(path, [groups.column.toLowerCase()]);
    if (rows.length !== dataset.length) {
      throw new UsageError(
        `--masked ${name}: ${path} has ${rows.length} rows for ${dataset.length} patches; give one a patch`,
      );
    }
    const unnamed = rows.find(({ cells }) => !cells[0]);
    if (unnamed) {
      throw new UsageError(`--masked ${name}: line ${unnamed.line} of ${path} names no ${groups.column}`);
    }
    sets.push({ name, dataset, groups: rows.map(({ cells }) => cells[0]!) });
  }
  return sets;
}

/** Neither masks, nor what metadata tells of the whole patch: what a constrained network may know is the label. */
function labelsOnly(dataset: MemoryDataset): MemoryDataset {
  const { images, labels, slides, height, width, name } = dataset.arrays;
  return createMemoryDataset({
    images,
    labels,
    height,
    width,
    ...(slides && { slides }),
    ...(name !== undefined && { name }),
  });
}
