import type { Dataset } from '../dataset.js';
import {
  createMemoryDataset,
  type MemoryArrays,
  type MemoryDataset,
  type SubsetDataset,
  subset,
} from '../memory-dataset.js';
import { type MaskedDataset, withMasks } from '../with-masks.js';
import type { DatasetSpec } from './spec.js';

/** What a worker is told to open: what `postMessage` can carry without copying pixels. */
export type WorkerSource =
  | { readonly kind: 'spec'; readonly spec: DatasetSpec }
  | { readonly kind: 'memory'; readonly arrays: MemoryArrays }
  | { readonly kind: 'masked'; readonly parent: WorkerSource; readonly masks: Uint8Array }
  | { readonly kind: 'subset'; readonly parent: WorkerSource; readonly indices: Int32Array };

/**
 * How a worker can open a data set again.
 *
 * @throws Error where it can't: no spec, not in memory, nor a subset of such a data set.
 */
export function sourceOf(dataset: Dataset): WorkerSource {
  const { spec, arrays, parent, indices, masks } = dataset as Partial<
    MemoryDataset & SubsetDataset & MaskedDataset
  > & { spec?: DatasetSpec };
  if (spec) return { kind: 'spec', spec };
  if (arrays) return { kind: 'memory', arrays: share(arrays) };
  if (parent && masks) return { kind: 'masked', parent: sourceOf(parent), masks: shared(masks) };
  if (parent && indices) return { kind: 'subset', parent: sourceOf(parent), indices };
  throw new Error(
    `loader: a worker cannot open ${dataset.name} again; give it the result of readIntoMemory, or use createLoader on this thread`,
  );
}

/** Opens what {@link sourceOf} described; runs in the worker. */
export async function openSource(source: WorkerSource): Promise<Dataset> {
  switch (source.kind) {
    case 'spec':
      // Imported where needed: the HDF5 library is large, and memory needs none of it. A flat cache's source was
      // compared when the data set was opened; once is enough.
      return (await import('./open-dataset.js')).openSpec(source.spec, { checkSource: false });
    case 'memory':
      return createMemoryDataset(source.arrays);
    case 'masked':
      return withMasks(await openSource(source.parent), source.masks);
    case 'subset':
      return subset(await openSource(source.parent), source.indices);
  }
}

/** The same bytes in memory that threads share; copied, unless they are there already. */
function shared(bytes: Uint8Array): Uint8Array {
  if (bytes.buffer instanceof SharedArrayBuffer) return bytes;
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}

function share(arrays: MemoryArrays): MemoryArrays {
  const { images, labels, masks, tumorPatch, height, width, name } = arrays;
  return {
    images: shared(images),
    labels: shared(Uint8Array.from(labels)),
    ...(masks && { masks: shared(masks) }),
    ...(tumorPatch && { tumorPatch: shared(Uint8Array.from(tumorPatch)) }),
    height,
    width,
    ...(name !== undefined && { name }),
  };
}
