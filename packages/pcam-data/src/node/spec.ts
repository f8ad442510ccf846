import type { Dataset } from '../dataset.js';
import type { SplitOptions } from './fractions.js';
import type { FilesLayout } from './layouts.js';

/** A split in files as others made them, which a flat cache can be prepared from. */
export interface FilesSpec extends SplitOptions {
  readonly kind: FilesLayout;
  readonly dir: string;
  readonly split: string;
  /** Where official files are decompressed to, if not beside themselves. */
  readonly cacheDir?: string;
}

/** A flat cache. */
export interface FlatSpec {
  readonly kind: 'flat';
  readonly file: string;
}

/** What it takes to open a data set again elsewhere, e.g. in a worker thread: plain JSON. */
export type DatasetSpec = FilesSpec | FlatSpec;

/** A data set on disk. */
export interface SpecDataset extends Dataset {
  /** Opens it again. */
  readonly spec: DatasetSpec;
  /** The files it is read from. */
  readonly sources: readonly string[];
}
