import { type FileHandle, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { checkKeys } from '@pcam/options';
import type { Patches } from '../dataset.js';
import { DataError, fileError } from './errors.js';
import { type FlatHeader, readHeader } from './flat-format.js';
import { checkSource, type FlatOrigin } from './flat-source.js';
import { checkIndex, gather, type ReadRun } from './gather.js';
import type { FlatSpec, SpecDataset } from './spec.js';

/** A flat cache, and what it was prepared from. */
export interface FlatDataset extends SpecDataset {
  readonly origin: FlatOrigin;
}

/** How carefully a flat cache is opened. */
export interface OpenFlatOptions {
  /** Whether its source is still what it was (true by default): a second for 220,000 image files, less for others. */
  readonly checkSource?: boolean;
}

/**
 * Opens a flat cache made by `prepareFlat`. Patches are read at their offsets; nothing
 * but labels, `tumor_patch` and slides is held in memory. A cache whose source has changed is refused; one whose
 * source is gone, moved away or on another machine, is read as it is.
 * @throws DataError missing-file, unreadable, corrupt, truncated, stale.
 */
export async function openFlat(file: string, options: OpenFlatOptions = {}): Promise<FlatDataset> {
  checkKeys<OpenFlatOptions>('openFlat', options, { checkSource: true });
  const path = resolve(file);
  const handle = await open(path, 'r').catch((error: unknown) => {
    throw fileError(error, path, 'read');
  });
  try {
    const { header, offsets } = await readHeader(handle, path);
    const { spec: original } = header.source;
    const origin: FlatOrigin =
      options.checkSource === false
        ? { spec: original, dir: original.dir, state: 'unchecked' }
        : await checkSource(header.source, path);
    const { name, length, height, width } = header;
    const labels = await readBits(handle, path, offsets.labels, length, 'label');
    const tumorPatch = header.tumorPatch
      ? await readBits(handle, path, offsets.tumorPatch, length, 'tumor_patch')
      : undefined;
    const slides = header.slides && (await readSlides(handle, path, offsets.slides, header));
    const runs = (at: number, rowBytes: number): ReadRun => {
      return (start, count) => readAt(handle, path, at + start * rowBytes, count * rowBytes);
    };
    const readImages = runs(offsets.images, height * width * 3);
    const readMasks = header.masks ? runs(offsets.masks, height * width) : undefined;
    const spec: FlatSpec = { kind: 'flat', file: path };
    return {
      name,
      length,
      height,
      width,
      hasMasks: header.masks,
      labels,
      ...(tumorPatch && { tumorPatch }),
      slides,
      sources: [path],
      spec,
      origin,
      async read(wanted): Promise<Patches> {
        const index = checkIndex(wanted, length, name);
        const images = await gather(index, height * width * 3, readImages);
        const masks = readMasks && (await gather(index, height * width, readMasks));
        return { images, labels: Uint8Array.from(index, (i) => labels[i]!), ...(masks && { masks }), index };
      },
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function readBits(
  handle: FileHandle,
  path: string,
  at: number,
  length: number,
  what: string,
): Promise<Uint8Array> {
  const bits = await readAt(handle, path, at, length);
  const bad = bits.findIndex((v) => v > 1);
  if (bad < 0) return bits;
  throw new DataError('bad-label', `${path}: ${what} ${bad} is ${bits[bad]}, but it must be 0 or 1`);
}

async function readSlides(
  handle: FileHandle,
  path: string,
  at: number,
  header: FlatHeader,
): Promise<string[]> {
  const bytes = await readAt(handle, path, at, header.length * 4);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return Array.from({ length: header.length }, (_, i) => {
    const slide = header.slides![view.getUint32(i * 4, true)];
    if (slide === undefined)
      throw new DataError(
        'corrupt',
        `${path}: patch ${i} has no slide; make it again with: pcam-data prepare`,
      );
    return slide;
  });
}

async function readAt(handle: FileHandle, path: string, at: number, bytes: number): Promise<Uint8Array> {
  const out = new Uint8Array(bytes);
  for (let done = 0; done < bytes; ) {
    const { bytesRead } = await handle.read(out, done, bytes - done, at + done);
    if (bytesRead === 0) throw new DataError('truncated', `${path} ends early, at byte ${at + done}`);
    done += bytesRead;
  }
  return out;
}
