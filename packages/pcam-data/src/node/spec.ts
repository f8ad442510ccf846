import type { Dataset } from '../dataset.js';
import { openFlat } from './flat.js';
import { openFolder } from './folder.js';
import type { SplitOptions } from './fractions.js';
import { openKaggle } from './kaggle.js';
import { openPcam } from './official.js';

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

/** What it takes to open a data set again elsewhere, e.g. in a worker thread: plain JSON. */
export type DatasetSpec = PcamSpec | FlatSpec | ImageFilesSpec;

/** A data set on disk. */
export interface SpecDataset extends Dataset {
  /** Opens it again. */
  readonly spec: DatasetSpec;
  /** The files it is read from. */
  readonly sources: readonly string[];
}

/** Opens the data set that a spec describes. @throws DataError as its opener does. */
export async function openSpec(spec: DatasetSpec): Promise<SpecDataset> {
  switch (spec.kind) {
    case 'pcam':
      return openPcam(spec.dir, spec.split, { cacheDir: spec.cacheDir });
    case 'flat':
      return openFlat(spec.file);
    case 'kaggle':
      return openKaggle(spec.dir, spec.split, spec);
    case 'folder':
      return openFolder(spec.dir, spec.split, spec);
    default:
      throw new TypeError(`no data set of kind "${String((spec as { kind?: unknown }).kind)}"`);
  }
}
