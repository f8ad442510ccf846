import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { checkIndex, gather, h5RunReader } from './gather.js';
import type { H5Array } from './h5.js';

const ROW = 4;
const bytes = (start: number, count: number): Uint8Array =>
  Uint8Array.from({ length: count * ROW }, (_, k) => (start * ROW + k) % 256);

describe('gather', () => {
  it('reads neighbours together, repeated rows once, in the order of the file', async () => {
    const read = vi.fn(bytes);
    const out = await gather(Int32Array.of(7, 3, 5, 4, 3, 20, 8), ROW, read);
    expect(read.mock.calls).toEqual([
      [3, 3],
      [7, 2],
      [20, 1],
    ]);
    expect([...out]).toEqual([7, 3, 5, 4, 3, 20, 8].flatMap((i) => [...bytes(i, 1)]));
  });

  it('gives row after row for any index', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(60)), async (index) => {
        const out = await gather(Int32Array.from(index), ROW, async (start, count) => bytes(start, count));
        expect([...out]).toEqual(index.flatMap((i) => [...bytes(i, 1)]));
      }),
    );
  });

  it('cuts long runs', async () => {
    const row = 1 << 20;
    const read = vi.fn((_: number, count: number) => new Uint8Array(count * row));
    await gather(
      Int32Array.from({ length: 10 }, (_, i) => i),
      row,
      read,
    );
    expect(read.mock.calls).toEqual([
      [0, 4],
      [4, 4],
      [8, 2],
    ]);
  });
});

it('checkIndex names what is no index', () => {
  expect(checkIndex([2, 0], 3, 'set')).toEqual(Int32Array.of(2, 0));
  expect(() => checkIndex([0, 3], 3, 'set')).toThrow(
    new RangeError('set has no patch 3; its patches are 0 to 2'),
  );
});

describe('h5RunReader', () => {
  const array = (filters: string[]) => {
    const rows = vi.fn(bytes);
    const whole = { path: '', key: 'x', shape: [50, ROW], dtype: 'uint8', chunks: [8, ROW], filters, rows };
    return { array: { ...whole, integers: () => new Float64Array() } satisfies H5Array, rows };
  };

  it('decodes a chunk once while it is kept, the last one not beyond the end', () => {
    const { array: a, rows } = array(['deflate']);
    const read = h5RunReader(a, 8 * ROW * 2);
    for (const [start, count] of [
      [3, 2],
      [6, 4],
      [0, 16],
      [45, 5],
      [47, 1],
    ] as const)
      expect(read(start, count)).toEqual(bytes(start, count));
    expect(rows.mock.calls).toEqual([
      [0, 8],
      [8, 8],
      [40, 8],
      [48, 2],
    ]);
    // Only two chunks fit, so the first has left.
    read(0, 1);
    expect(rows).toHaveBeenCalledTimes(5);
  });

  it('reads straight where nothing is compressed or a chunk does not fit', () => {
    for (const [filters, cache] of [
      [[], 1e6],
      [['deflate'], 10],
    ] as const) {
      const { array: a, rows } = array([...filters]);
      h5RunReader(a, cache)(3, 2);
      expect(rows.mock.calls).toEqual([[3, 2]]);
    }
  });
});
