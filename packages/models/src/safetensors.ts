/** A tensor's shape and values, row by row. */
export interface NamedTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array;
}

/** What a safetensors file holds. */
export interface SafetensorsContent {
  readonly tensors: ReadonlyMap<string, NamedTensor>;
  /** The header's `__metadata__`: text only, by the format. */
  readonly metadata: Readonly<Record<string, string>>;
}

interface HeaderEntry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

const lengthBytes = 8;
const wordBytes = 4;
const reserved = '__metadata__';
/** The format's own limit on the header, against files that claim gigabytes. */
const headerLimit = 100_000_000;

/**
 * Tensors as a safetensors file (https://github.com/huggingface/safetensors): a little-endian 64-bit header
 * length, a JSON header, then the values in the header's order without gaps. Bit-exact.
 *
 * @throws Error where a shape and its values disagree, or a name is the format's own `__metadata__`.
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, NamedTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = { [reserved]: metadata };
  let offset = 0;
  for (const [name, { shape, values }] of tensors) {
    if (name === reserved)
      throw new Error(`A tensor cannot be named '${reserved}': safetensors keeps that name.`);
    if (sizeOf(shape) !== values.length) {
      throw new Error(`Tensor '${name}' of shape [${shape.join(', ')}] has ${values.length} values.`);
    }
    const dtype = values instanceof Float32Array ? 'F32' : 'I32';
    header[name] = { dtype, shape, data_offsets: [offset, offset + values.byteLength] };
    offset += values.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil(text.length / lengthBytes) * lengthBytes; // values start aligned
  const bytes = new Uint8Array(lengthBytes + padded + offset);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.fill(0x20, lengthBytes, lengthBytes + padded).set(text, lengthBytes);
  let position = lengthBytes + padded;
  for (const { values } of tensors.values()) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), position);
    position += values.byteLength;
  }
  return bytes;
}

/**
 * Reads a safetensors file of float32 and int32 tensors. The values are copies.
 *
 * @throws Error saying what is wrong with a file that is truncated, too long or not safetensors.
 */
export function decodeSafetensors(bytes: Uint8Array): SafetensorsContent {
  if (!ArrayBuffer.isView(bytes)) {
    throw new Error(`A safetensors file is read from its bytes, a Uint8Array, not from a ${typeof bytes}.`);
  }
  const { header, start } = readHeader(bytes);
  const metadata: Record<string, string> = {};
  const tensors = new Map<string, NamedTensor>();
  let end = 0;
  for (const [name, value] of Object.entries(header)) {
    if (name === reserved) {
      Object.assign(metadata, readMetadata(value));
      continue;
    }
    const entry = readEntry(name, value);
    end = Math.max(end, entry.data_offsets[1]);
    tensors.set(name, readTensor(bytes, start, name, entry));
  }
  if (bytes.length !== start + end) {
    throw new Error(
      `The safetensors file is ${bytes.length} bytes long, but its header describes ${start + end}.`,
    );
  }
  return { tensors, metadata };
}

function readHeader(bytes: Uint8Array): { header: Record<string, unknown>; start: number } {
  if (bytes.length < lengthBytes + 2) {
    throw new Error(`Not a safetensors file: ${bytes.length} bytes are too few for a header.`);
  }
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > headerLimit || bytes[lengthBytes] !== 0x7b /* { */) {
    throw new Error('Not a safetensors file: it does not start with a header length and a JSON header.');
  }
  const start = lengthBytes + length;
  if (start > bytes.length) {
    throw new Error(
      `The safetensors file is cut off in its header: ${bytes.length} bytes of at least ${start}.`,
    );
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(lengthBytes, start));
    return { header: JSON.parse(text) as Record<string, unknown>, start };
  } catch {
    throw new Error('Not a safetensors file: its header is not valid JSON.');
  }
}

function readMetadata(value: unknown): Record<string, string> {
  const valid =
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((text) => typeof text === 'string');
  if (!valid) throw new Error(`The safetensors header's '${reserved}' must map text to text.`);
  return value as Record<string, string>;
}

function readEntry(name: string, value: unknown): HeaderEntry {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Partial<HeaderEntry>;
  const natural = (numbers: unknown): numbers is number[] =>
    Array.isArray(numbers) && numbers.every((n) => Number.isSafeInteger(n) && n >= 0);
  if (dtype === undefined || !natural(shape) || !natural(offsets) || offsets.length !== 2) {
    throw new Error(
      `The safetensors header describes tensor '${name}' without a valid dtype, shape and data_offsets.`,
    );
  }
  if (dtype !== 'F32' && dtype !== 'I32') {
    throw new Error(`Tensor '${name}' is ${dtype}; only F32 and I32 are read here.`);
  }
  if (offsets[1] - offsets[0] !== wordBytes * sizeOf(shape)) {
    throw new Error(
      `Tensor '${name}' of shape [${shape.join(', ')}] has ${offsets[1] - offsets[0]} bytes instead of ${wordBytes * sizeOf(shape)}.`,
    );
  }
  return { dtype, shape, data_offsets: offsets };
}

function readTensor(bytes: Uint8Array, start: number, name: string, entry: HeaderEntry): NamedTensor {
  const [from, to] = entry.data_offsets;
  if (start + to > bytes.length) {
    throw new Error(
      `The safetensors file is cut off at tensor '${name}': ${bytes.length} bytes of at least ${start + to}.`,
    );
  }
  // Copied, hence aligned; a Node Buffer's own slice would not copy.
  const { buffer } = new Uint8Array(bytes.subarray(start + from, start + to));
  const values = entry.dtype === 'F32' ? new Float32Array(buffer) : new Int32Array(buffer);
  return { shape: entry.shape, values };
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
