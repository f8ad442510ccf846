import type { ThresholdSource } from '@pcam/evaluation';
import { type Dataset, takeEvenly } from '@pcam/pcam-data';
import { DataError } from '@pcam/pcam-data/node';
import type { EvaluateOptions } from './options.js';

/** Whose pixels the mask threshold is chosen on, until it is closed. */
export interface OpenSource extends ThresholdSource {
  close(): Promise<void>;
}

/** As many patches as settle a threshold: some 19 million pixels. */
const MOST = 2048;

/**
 * The validation split that was named, or that of the data; where there is none, or it is the one
 * evaluated, the evaluated patches themselves.
 *
 * @param open of a folder's split.
 */
export async function thresholdSource(
  options: EvaluateOptions,
  evaluated: Dataset,
  open: (dir: string, split: string) => Promise<Dataset>,
): Promise<OpenSource> {
  const { segmentValid, data, split, limit } = options;
  const most = limit > 0 ? Math.min(limit, MOST) : MOST;
  const own = { dataset: takeEvenly(evaluated, most), apart: false, close: async () => {} };
  if (segmentValid === undefined && split === 'valid') return own;
  let found: Dataset;
  try {
    found = await open(segmentValid ?? data, 'valid');
  } catch (error) {
    const missing = error instanceof DataError && ['missing-file', 'missing-split'].includes(error.code);
    if (segmentValid === undefined && missing) return own;
    throw error;
  }
  return { dataset: takeEvenly(found, most), apart: true, close: () => found.close() };
}
