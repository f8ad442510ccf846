import type { Dataset } from '../dataset.js';
import type { SplitOptions } from './fractions.js';

/** A split in PatchCamelyon's official files. */
export interface PcamSpec {
  readonly kind: 'pcam';
  readonly dir: string;
  readonly split: string;
  readonly cacheDir?: string;
}

/** A flat cache. */
export interface FlatSpec {
  readonly kind: 'flat';
  readonly file: string;
}

/** A split in Kaggle's layout, or in a folder per class. */
export interface ImageFilesSpec extends SplitOptions {
  readonly kind: 'kaggle' | 'folder';
  readonly dir: string;
  readonly split: string;
}

/** What a flat cache can be prepared from. */
export type FilesSpec = PcamSpec | ImageFilesSpec;

/** What it takes to open a data set again elsewhere, e.g. in a worker thread: plain JSON. */
export type DatasetSpec = FilesSpec | FlatSpec;

/** A data set on disk. */
export interface SpecDataset extends Dataset {
  /** Opens it again. */
  readonly spec: DatasetSpec;
  /** The files it is read from. */
  readonly sources: readonly string[];
}
