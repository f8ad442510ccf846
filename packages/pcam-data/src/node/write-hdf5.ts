const UNDEFINED = 0xffffffffffffffffn;
const HEAP_NAME_OFFSET = 8;
const LEAF_K = 4;
const INTERNAL_K = 16;

/**
 * The bytes before the data of an HDF5 file that holds one contiguous uint8 dataset in
 * its root group: superblock version 0, the layout every HDF5 library since 1.0 reads
 * (HDF5 File Format Specification, sections II.A, III.A-E and IV.A).
 */
export function hdf5Header(key: string, shape: readonly number[]): Uint8Array {
  const name = new TextEncoder().encode(key);
  const nameSpace = Math.ceil((name.length + 1) / 8) * 8;
  const rootHeader = 96;
  const tree = rootHeader + 40;
  const heap = tree + 24 + (4 * INTERNAL_K + 1) * 8;
  const heapData = heap + 32;
  const symbols = heapData + HEAP_NAME_OFFSET + nameSpace;
  const dataset = symbols + 8 + 2 * LEAF_K * 40;
  const messages = [dataspace(shape), datatype(), fillValue()];
  const layoutSize = 24;
  const messageBytes = messages.reduce((sum, m) => sum + m.bytes.length + 8, 8 + layoutSize);
  const data = Math.ceil((dataset + 16 + messageBytes) / 512) * 512;
  const bytes = shape.reduce((product, side) => product * side, 1);
  messages.push(contiguous(data, bytes));

  const out = new Writer(data);
  out.at(0).bytes([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]);
  out.bytes([0, 0, 0, 0, 0, 8, 8, 0]).u16(LEAF_K).u16(INTERNAL_K).u32(0);
  out
    .u64(0n)
    .u64(UNDEFINED)
    .u64(BigInt(data) + BigInt(bytes))
    .u64(UNDEFINED);
  out.u64(0n).u64(rootHeader).u32(1).u32(0).u64(tree).u64(heap);

  out.at(rootHeader).bytes([1, 0]).u16(1).u32(1).u32(24).u32(0);
  out.u16(0x11).u16(16).u32(0).u64(tree).u64(heap);

  out.at(tree).text('TREE').bytes([0, 0]).u16(1).u64(UNDEFINED).u64(UNDEFINED);
  out.u64(0n).u64(symbols).u64(HEAP_NAME_OFFSET);

  // A free-list head of 1 means that the heap has no free block.
  out
    .at(heap)
    .text('HEAP')
    .u32(0)
    .u64(HEAP_NAME_OFFSET + nameSpace)
    .u64(1n)
    .u64(heapData);
  out.at(heapData + HEAP_NAME_OFFSET).bytes(name);

  out.at(symbols).text('SNOD').bytes([1, 0]).u16(1).u64(HEAP_NAME_OFFSET).u64(dataset);

  out.at(dataset).bytes([1, 0]).u16(messages.length).u32(1).u32(messageBytes).u32(0);
  for (const message of messages) {
    out.u16(message.type).u16(message.bytes.length).u32(0).bytes(message.bytes);
  }
  return out.buffer;
}

interface Message {
  readonly type: number;
  readonly bytes: Uint8Array;
}

function dataspace(shape: readonly number[]): Message {
  const out = new Writer(8 + 8 * shape.length).bytes([1, shape.length, 0, 0, 0, 0, 0, 0]);
  for (const side of shape) out.u64(side);
  return { type: 0x01, bytes: out.buffer };
}

function datatype(): Message {
  const fixedPoint = new Writer(16).bytes([0x10, 0, 0, 0]).u32(1).u16(0).u16(8);
  return { type: 0x03, bytes: fixedPoint.buffer };
}

function fillValue(): Message {
  return { type: 0x05, bytes: Uint8Array.from([2, 2, 2, 1, 0, 0, 0, 0]) };
}

function contiguous(address: number, bytes: number): Message {
  return { type: 0x08, bytes: new Writer(24).bytes([3, 1]).u64(address).u64(bytes).buffer };
}

/** Little-endian fields, one after another. */
class Writer {
  readonly buffer: Uint8Array;
  private readonly view: DataView;
  private position = 0;

  constructor(size: number) {
    this.buffer = new Uint8Array(size);
    this.view = new DataView(this.buffer.buffer);
  }

  at(position: number): this {
    this.position = position;
    return this;
  }

  bytes(values: ArrayLike<number>): this {
    this.buffer.set(values, this.position);
    this.position += values.length;
    return this;
  }

  text(value: string): this {
    return this.bytes(new TextEncoder().encode(value));
  }

  u16(value: number): this {
    this.view.setUint16(this.position, value, true);
    this.position += 2;
    return this;
  }

  u32(value: number): this {
    this.view.setUint32(this.position, value, true);
    this.position += 4;
    return this;
  }

  u64(value: number | bigint): this {
    this.view.setBigUint64(this.position, BigInt(value), true);
    this.position += 8;
    return this;
  }
}
