import {
  DataError,
  type OpenDatasetOptions,
  openDataset,
  SPLITS,
  type SpecDataset,
} from '@pcam/pcam-data/node';
import { splitList } from './options.js';

/**
 * Opens the splits of a list, or all that are there where there is none, one after another, and closes each after
 * its turn.
 */
export async function* eachSplit(
  dir: string,
  list: string | undefined,
  options: OpenDatasetOptions,
): AsyncGenerator<readonly [split: string, dataset: SpecDataset]> {
  const wanted = splitList(list);
  for (const split of wanted ?? SPLITS) {
    const dataset = await openDataset(dir, split, options).catch((error: unknown) => {
      const isElsewhere = !wanted && error instanceof DataError && error.code === 'missing-split';
      if (!isElsewhere) throw error;
    });
    if (!dataset) continue;
    try {
      yield [split, dataset];
    } finally {
      await dataset.close();
    }
  }
}
