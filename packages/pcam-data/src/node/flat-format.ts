import type { FileHandle } from 'node:fs/promises';
import { DataError } from './errors.js';
import type { FlatSource } from './flat-source.js';

/**
 * The flat cache: `PCAMFLAT`, the header's length (uint32, little-endian), the header
 * (JSON), zeros up to a multiple of 4096, then images `[n, h, w, 3]`, labels `[n]`, masks
 * `[n, h, w]`, slide numbers (uint32, little-endian, `[n]`) and `tumor_patch` `[n]`, uint8 and
 * without gaps.
 */
const MAGIC = 'PCAMFLAT';
const VERSION = 2;
/** How the names of flat caches end. */
export const FLAT_EXTENSION = '.pcamflat';
const PAGE = 4096;

export interface FlatHeader {
  readonly version: 2;
  readonly name: string;
  readonly length: number;
  readonly height: number;
  readonly width: number;
  readonly masks: boolean;
  /** Names of the slides that the slide numbers mean. */
  readonly slides?: readonly string[];
  /** Whether `tumor_patch` is there. */
  readonly tumorPatch?: boolean;
  readonly source: FlatSource;
}

/** Where the parts of a flat cache begin, in bytes. */
export interface FlatOffsets {
  readonly images: number;
  readonly labels: number;
  readonly masks: number;
  readonly slides: number;
  readonly tumorPatch: number;
  readonly end: number;
}

function flatOffsets(header: FlatHeader, headerBytes: number): FlatOffsets {
  const pixels = header.length * header.height * header.width;
  const images = Math.ceil((MAGIC.length + 4 + headerBytes) / PAGE) * PAGE;
  const labels = images + pixels * 3;
  const masks = labels + header.length;
  const slides = masks + (header.masks ? pixels : 0);
  const tumorPatch = slides + (header.slides ? header.length * 4 : 0);
  const end = tumorPatch + (header.tumorPatch ? header.length : 0);
  return { images, labels, masks, slides, tumorPatch, end };
}

export function encodeHeader(header: FlatHeader): { bytes: Buffer; offsets: FlatOffsets } {
  const json = Buffer.from(JSON.stringify(header));
  const offsets = flatOffsets(header, json.length);
  const bytes = Buffer.alloc(offsets.images);
  bytes.write(MAGIC, 'latin1');
  bytes.writeUInt32LE(json.length, MAGIC.length);
  json.copy(bytes, MAGIC.length + 4);
  return { bytes, offsets };
}

/** Whether a file begins like a flat cache, be it whole or not. */
export async function isFlatCache(file: FileHandle): Promise<boolean> {
  const head = Buffer.alloc(MAGIC.length);
  await file.read(head, 0, head.length, 0);
  return head.toString('latin1') === MAGIC;
}

/** @throws DataError corrupt, truncated, stale. */
export async function readHeader(
  file: FileHandle,
  path: string,
): Promise<{ header: FlatHeader; offsets: FlatOffsets }> {
  const { size } = await file.stat();
  const corrupt = (why: string): DataError =>
    new DataError('corrupt', `${path} is no flat cache (${why}); make it again with: pcam-data prepare`);
  const head = Buffer.alloc(MAGIC.length + 4);
  await file.read(head, 0, head.length, 0);
  if (head.toString('latin1', 0, MAGIC.length) !== MAGIC) throw corrupt(`it does not begin with ${MAGIC}`);
  const headerBytes = head.readUInt32LE(MAGIC.length);
  if (headerBytes > size) throw corrupt('its header does not end');
  const json = Buffer.alloc(headerBytes);
  await file.read(json, 0, json.length, head.length);
  let header: FlatHeader;
  try {
    header = JSON.parse(json.toString());
  } catch {
    throw corrupt('its header is not JSON');
  }
  if ((header.version as number) === 1)
    throw new DataError(
      'stale',
      `${path} was made by an older version, which could not tell whether its source has changed; run pcam-data prepare again`,
    );
  if (header.version !== VERSION) throw corrupt(`its version is ${header.version}, not ${VERSION}`);
  if (![header.length, header.height, header.width].every((n) => Number.isSafeInteger(n) && n > 0))
    throw corrupt('its header has no sizes');
  if (typeof header.source?.spec?.dir !== 'string' || typeof header.source.fingerprint?.states !== 'object')
    throw corrupt('its header has no source');
  const offsets = flatOffsets(header, headerBytes);
  if (size !== offsets.end)
    throw new DataError(
      'truncated',
      `${path} has ${size} bytes instead of ${offsets.end}; make it again with: pcam-data prepare`,
    );
  return { header, offsets };
}
