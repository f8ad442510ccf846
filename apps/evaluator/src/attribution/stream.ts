import { createProgress } from '@pcam/cli';
import type { Dataset } from '@pcam/pcam-data';
import { type Attribution, inBatches } from '@pcam/xai';
import { type Tensor3D, type Tensor4D, tensor4d } from '@tensorflow/tfjs-core';

/** Some patches of a data set with their maps; the maps are gone once it is dealt with. */
export interface MappedBatch {
  /** `[n, height, width]`, raw and signed. */
  readonly maps: Tensor3D;
  /** The same numbers. */
  readonly values: Float32Array;
  /** RGB bytes, `[n, height, width, 3]`. */
  readonly images: Uint8Array;
  /** 0 or 1, `[n, height, width]`, where the data set has masks. */
  readonly masks?: Uint8Array;
  /** Places in the data set. */
  readonly index: Int32Array;
}

/** The maps of a whole data set, in order, some patches at a time. */
export async function eachMapped(
  dataset: Dataset,
  attribute: Attribution,
  { batchSize, label }: { readonly batchSize: number; readonly label: string },
  take: (batch: MappedBatch) => Promise<void> | void,
): Promise<void> {
  const { length, height, width } = dataset;
  const progress = createProgress({ label, total: length, unit: 'patches' });
  for (let first = 0; first < length; first += batchSize) {
    const index = Int32Array.from({ length: Math.min(batchSize, length - first) }, (_, i) => first + i);
    const { images, masks } = await dataset.read(index);
    const maps = await mapsOfPatches(images, [index.length, height, width], attribute, batchSize);
    try {
      const values = (await maps.data()) as Float32Array;
      await take({ maps, values, images, index, ...(masks && { masks }) });
    } finally {
      maps.dispose();
    }
    progress.update(first + index.length);
  }
  progress.end();
}

/** @param images RGB bytes, `[n, height, width, 3]`. @returns `[n, height, width]`. */
export async function mapsOfPatches(
  images: Uint8Array,
  shape: readonly [n: number, height: number, width: number],
  attribute: Attribution,
  batchSize: number,
): Promise<Tensor3D> {
  const input = patchTensor(images, shape);
  try {
    return await inBatches(input, attribute, { batchSize });
  } finally {
    input.dispose();
  }
}

/** Bytes to images in [0, 1], as models take them. */
export function patchTensor(
  images: Uint8Array,
  [n, height, width]: readonly [n: number, height: number, width: number],
): Tensor4D {
  return tensor4d(
    Float32Array.from(images, (byte) => byte / 255),
    [n, height, width, 3],
  );
}
