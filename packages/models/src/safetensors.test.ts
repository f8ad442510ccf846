import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from './safetensors.js';

const example = new Map<string, NamedTensor>([
  ['a.weight', { shape: [2, 3], values: Float32Array.of(1, -2.5, 3, 0, 1e-40, Number.NaN) }],
  ['count', { shape: [], values: Int32Array.of(-7) }],
  ['empty', { shape: [0, 4], values: new Float32Array(0) }],
]);

/** Reads the layout as the format's page describes it, without our decoder. */
function parts(bytes: Uint8Array): { header: Record<string, unknown>; data: Buffer } {
  const buffer = Buffer.from(bytes);
  const length = Number(buffer.readBigUInt64LE(0));
  return { header: JSON.parse(buffer.toString('utf8', 8, 8 + length)), data: buffer.subarray(8 + length) };
}

function build(header: unknown, data = new Uint8Array(0)): Uint8Array {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, data]);
}

describe('the layout', () => {
  test('is the format’s: length, JSON header, values little-endian and without gaps', () => {
    const bytes = encodeSafetensors(example, { note: 'x' });
    const { header, data } = parts(bytes);
    expect(header).toEqual({
      __metadata__: { note: 'x' },
      'a.weight': { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] },
      count: { dtype: 'I32', shape: [], data_offsets: [24, 28] },
      empty: { dtype: 'F32', shape: [0, 4], data_offsets: [28, 28] },
    });
    expect(data.length).toBe(28);
    expect(data.readFloatLE(4)).toBe(-2.5);
    expect(data.readInt32LE(24)).toBe(-7);
    expect((bytes.length - 28) % 8).toBe(0);
  });

  test('returns any float32 and int32 tensors bit by bit, from any byte offset', () => {
    const tensors = fc.dictionary(
      fc.string().filter((name) => name !== '__metadata__' && name !== '__proto__'),
      fc.oneof(fc.float32Array({ maxLength: 20 }), fc.int32Array({ maxLength: 20 })),
    );
    fc.assert(
      fc.property(tensors, fc.nat(9), (arrays, shift) => {
        const given = new Map(
          Object.entries(arrays).map(([name, values]) => [
            name,
            { shape: [values.length], values } as NamedTensor,
          ]),
        );
        const bytes = encodeSafetensors(given, { k: 'v' });
        const moved = new Uint8Array(bytes.length + shift);
        moved.set(bytes, shift);
        const { tensors, metadata } = decodeSafetensors(moved.subarray(shift));
        expect(metadata).toEqual({ k: 'v' });
        expect([...tensors.keys()].sort()).toEqual([...given.keys()].sort());
        for (const [name, { values }] of given) {
          const own = tensors.get(name)!.values;
          expect(own.constructor).toBe(values.constructor);
          expect(Buffer.from(own.buffer)).toEqual(Buffer.from(values.slice().buffer));
        }
      }),
    );
  });
});

describe('refuses', () => {
  const bytes = encodeSafetensors(example);
  const entry = { dtype: 'F32', shape: [1], data_offsets: [0, 4] };
  const cases: [string, () => Uint8Array, RegExp][] = [
    ['a path', () => 'model.safetensors' as never, /read from its bytes, a Uint8Array, not from a string/],
    ['an empty file', () => new Uint8Array(0), /0 bytes are too few/],
    [
      'another format',
      () => Buffer.from('\x89HDF\r\n\x1a\n and much more'),
      /Not a safetensors file: it does not start/,
    ],
    ['a cut header', () => bytes.slice(0, 40), /cut off in its header: 40 bytes/],
    ['cut values', () => bytes.slice(0, -5), /cut off at tensor '(a.weight|count|empty)'/],
    ['trailing bytes', () => Buffer.concat([bytes, Buffer.alloc(3)]), /bytes long, but its header describes/],
    ['broken JSON', () => build('{"a": '), /header is not valid JSON/],
    [
      'an unknown dtype',
      () => build({ a: { ...entry, dtype: 'F16' } }, new Uint8Array(4)),
      /'a' is F16; only F32 and I32/,
    ],
    [
      'a wrong size',
      () => build({ a: { ...entry, shape: [2] } }, new Uint8Array(4)),
      /'a' of shape \[2\] has 4 bytes instead of 8/,
    ],
    ['a negative offset', () => build({ a: { ...entry, data_offsets: [-4, 0] } }), /'a' without a valid/],
    [
      'metadata that is not text',
      () => build({ __metadata__: { a: 1 } }),
      /'__metadata__' must map text to text/,
    ],
    ['an entry that is null', () => build({ a: null }), /'a' without a valid/],
  ];

  test.each(cases)('%s, in one line', (_, make, message) => {
    expect(() => decodeSafetensors(make())).toThrow(message);
    expect(() => decodeSafetensors(make())).not.toThrow(/\n/);
  });

  test('to write a shape that its values do not fill, or the reserved name', () => {
    const values = new Float32Array(3);
    expect(() => encodeSafetensors(new Map([['a', { shape: [2], values }]]))).toThrow(
      /'a' of shape \[2\] has 3 values/,
    );
    expect(() => encodeSafetensors(new Map([['__metadata__', { shape: [3], values }]]))).toThrow(
      /keeps that name/,
    );
  });
});
