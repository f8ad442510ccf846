/** What a TIFF says of its samples, in TIFF 6.0's words. */
export interface TiffTags {
  /** Bits of each sample. */
  readonly bits: number;
  readonly samplesPerPixel: number;
  /** 0 and 1 grey, 2 RGB, 3 palette, 5 CMYK, 6 YCbCr, 8 Lab. */
  readonly photometric: number;
  /** 1 unsigned, 2 signed, 3 floating point, 4 undefined; above that complex. */
  readonly sampleFormat: number;
  /** The range that is declared: SMinSampleValue and SMaxSampleValue, or Min- and MaxSampleValue. */
  readonly minimum?: number;
  readonly maximum?: number;
  /** Whether another image follows the first. */
  readonly more: boolean;
}

const TAGS = {
  bits: 258,
  photometric: 262,
  samplesPerPixel: 277,
  minSampleValue: 280,
  maxSampleValue: 281,
  sampleFormat: 339,
  sMinSampleValue: 340,
  sMaxSampleValue: 341,
};

/** Bytes of a value, by TIFF's field type. */
const SIZES: Readonly<Record<number, number>> = { 1: 1, 3: 2, 4: 4, 6: 1, 8: 2, 9: 4, 11: 4, 12: 8, 16: 8 };

/**
 * The tags of a TIFF's or BigTIFF's first image that say how its samples are to be read; sharp keeps them to itself.
 * @throws RangeError where it ends before its tags do.
 */
export function readTiffTags(file: Uint8Array): TiffTags {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const little = view.getUint8(0) === 0x49;
  const big = view.getUint16(2, little) === 43;
  const wide = (at: number): number => Number(view.getBigUint64(at, little));
  const offset = (at: number): number => (big ? wide(at) : view.getUint32(at, little));

  const directory = offset(big ? 8 : 4);
  const entries = big ? wide(directory) : view.getUint16(directory, little);
  const [first, entryBytes] = [directory + (big ? 8 : 2), big ? 20 : 12];
  const found = new Map<number, number[]>();
  for (let k = 0; k < entries; k++) {
    const at = first + k * entryBytes;
    const tag = view.getUint16(at, little);
    const type = view.getUint16(at + 2, little);
    const size = SIZES[type];
    if (!Object.values(TAGS).includes(tag) || size === undefined) continue;
    const count = big ? wide(at + 4) : view.getUint32(at + 4, little);
    const inline = at + (big ? 12 : 8);
    const from = count * size <= (big ? 8 : 4) ? inline : offset(inline);
    found.set(
      tag,
      Array.from({ length: Math.min(count, 16) }, (_, i) => readValue(view, from + i * size, type, little)),
    );
  }
  const one = (tag: number): number | undefined => found.get(tag)?.[0];
  const largest = (tag: number): number | undefined => found.get(tag) && Math.max(...found.get(tag)!);
  const smallest = (tag: number): number | undefined => found.get(tag) && Math.min(...found.get(tag)!);
  return {
    bits: largest(TAGS.bits) ?? 1,
    samplesPerPixel: one(TAGS.samplesPerPixel) ?? 1,
    photometric: one(TAGS.photometric) ?? 1,
    sampleFormat: largest(TAGS.sampleFormat) ?? 1,
    minimum: smallest(TAGS.sMinSampleValue) ?? smallest(TAGS.minSampleValue),
    maximum: largest(TAGS.sMaxSampleValue) ?? largest(TAGS.maxSampleValue),
    more: offset(first + entries * entryBytes) !== 0,
  };
}

function readValue(view: DataView, at: number, type: number, little: boolean): number {
  switch (type) {
    case 1:
      return view.getUint8(at);
    case 3:
      return view.getUint16(at, little);
    case 6:
      return view.getInt8(at);
    case 8:
      return view.getInt16(at, little);
    case 9:
      return view.getInt32(at, little);
    case 11:
      return view.getFloat32(at, little);
    case 12:
      return view.getFloat64(at, little);
    case 16:
      return Number(view.getBigUint64(at, little));
    default:
      return view.getUint32(at, little);
  }
}
