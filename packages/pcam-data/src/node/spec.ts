import type { Dataset } from '../dataset.js';
import { openPcam } from './official.js';

/** A split in PatchCamelyon's official files. */
export interface PcamSpec {
  readonly kind: 'pcam';
  readonly dir: string;
  readonly split: string;
  readonly cacheDir?: string;
}

/** What it takes to open a data set again elsewhere, e.g. in a worker thread: plain JSON. */
export type DatasetSpec = PcamSpec;

/** A data set that can be opened again from its spec. */
export interface SpecDataset extends Dataset {
  readonly spec: DatasetSpec;
}

/** Opens the data set that a spec describes. @throws DataError as its opener does. */
export async function openSpec(spec: DatasetSpec): Promise<SpecDataset> {
  switch (spec.kind) {
    case 'pcam':
      return openPcam(spec.dir, spec.split, { cacheDir: spec.cacheDir });
    default:
      throw new TypeError(`no data set of kind "${String((spec as { kind?: unknown }).kind)}"`);
  }
}
