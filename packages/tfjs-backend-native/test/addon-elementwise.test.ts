import { describe, expect, it } from 'vitest';
import { loadAddon } from '../src/addon.js';

const addon = loadAddon();
const f = (n: number): Float32Array => new Float32Array(n);
const u = (n: number): Uint8Array => new Uint8Array(n);

/** Each call hands over something that does not fit. */
const WRONG: [what: string, call: () => unknown][] = [
  ['unary: another length', () => addon.unary.Exp(f(3), f(2), 0, 0)],
  ['unary: another type', () => addon.unary.Exp(new Float64Array(3) as never, f(3), 0, 0)],
  ['unary: no numbers', () => addon.unary.Step(f(3), f(3), undefined as never, 0)],
  ['binary: a too short', () => addon.binary.Add(f(3), f(4), f(4), Int32Array.of(4, 0))],
  ['binary: b too short', () => addon.binary.Add(f(4), f(3), f(4), Int32Array.of(4, 0))],
  ['binary: out too short', () => addon.binary.Less(f(4), f(1), u(3), Int32Array.of(4, 1))],
  ['binary: no groups', () => addon.binary.Add(f(4), f(4), f(4), Int32Array.of())],
  ['binary: half a group', () => addon.binary.Add(f(4), f(4), f(4), Int32Array.of(4))],
  ['binary: too many groups', () => addon.binary.Add(f(4), f(4), f(4), new Int32Array(18).fill(1))],
  ['binary: a negative size', () => addon.binary.Add(f(4), f(4), f(4), Int32Array.of(-4, 0))],
  ['binary: an unknown kind', () => addon.binary.Add(f(4), f(4), f(4), Int32Array.of(4, 3))],
  [
    'binary: sizes that overflow',
    () => addon.binary.Add(f(4), f(4), f(4), Int32Array.of(65536, 0, 65536, 0, 65536, 0, 65536, 0)),
  ],
  ['reduce: x too short', () => addon.reduce.Sum(f(5), f(2), 2, 3, 1)],
  ['reduce: y too short', () => addon.reduce.Sum(f(6), f(1), 2, 3, 1)],
  ['reduce: nothing', () => addon.reduce.Max(f(6), f(2), 2, 0, 1)],
  ['reduce: sizes that overflow', () => addon.reduce.Sum(f(6), f(2), 2 ** 31 - 1, 2 ** 31 - 1, 2 ** 31 - 1)],
  ['reduce: a broken size', () => addon.reduce.ArgMax(f(6), new Int32Array(2), 2, 1.5, 1)],
  ['softmax: y too short', () => addon.softmax(f(6), f(5), 2, 3)],
  ['softmax: empty rows', () => addon.softmax(f(6), f(6), 2, 0)],
  ['softmaxGrad: dy too short', () => addon.softmaxGrad(f(6), f(5), f(6), 2, 3)],
  ['cast: another length', () => addon.intToFloat(new Int32Array(3), f(2))],
  ['and: another length', () => addon.LogicalAnd(u(3), u(2), u(3))],
  ['select: t too short', () => addon.select(u(3), f(5), f(6), f(6), 2)],
];

describe('the addon', () => {
  it.each(WRONG)('rejects %s', (_, call) => {
    expect(call).toThrow(TypeError);
  });
});
