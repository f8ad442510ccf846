import { expect, test } from 'vitest';
import { loadAddon } from '../src/addon.js';

const addon = loadAddon();
const f = (count: number): Float32Array => new Float32Array(count);
/** batch 1, 4×4 of 1 channel to 2×2, 2×2 windows of stride 2 */
const windows = Int32Array.of(1, 4, 4, 1, 2, 2, 2, 2, 2, 2, 1, 1, 0, 0);
const one = (changes: Record<number, number>): Int32Array => windows.map((value, i) => changes[i] ?? value);

const refused: readonly [string, () => void][] = [
  ['too few windows numbers', () => addon.maxPool(windows.slice(1), f(16), f(4))],
  ['a stride of 0', () => addon.maxPool(one({ 8: 0 }), f(16), f(4))],
  ['a negative size', () => addon.maxPool(one({ 0: -1 }), f(16), f(4))],
  ['a short map', () => addon.maxPool(windows, f(15), f(4))],
  ['a short result', () => addon.averagePool(windows, f(16), f(3))],
  [
    'sizes whose product overflows',
    () => addon.maxPool(one({ 0: 2 ** 31 - 1, 1: 2 ** 31 - 1, 3: 2 ** 31 - 1 }), f(16), f(4)),
  ],
  ['short values', () => addon.maxPoolPick(windows, f(16), f(15), f(4))],
  ['a short gradient', () => addon.maxPoolGradient(windows, f(16), f(3), f(16))],
  ['a short gradient of means', () => addon.averagePoolGradient(windows, f(4), f(15))],
  ['a short filter', () => addon.depthwise(windows, f(16), f(3), null, 0, f(4))],
  ['an unknown activation', () => addon.depthwise(windows, f(16), f(4), null, 3, f(4))],
  ['a short bias', () => addon.depthwise(windows, f(16), f(4), f(0), 0, f(4))],
  ['a short input gradient', () => addon.depthwiseInputGradient(windows, f(4), f(4), f(15))],
  ['a short filter gradient', () => addon.depthwiseFilterGradient(windows, f(16), f(4), f(3))],
  ['too few scales', () => addon.channelAffine(4, 4, f(16), null, f(3), null, f(16))],
  ['a read before the start', () => addon.copyStrided(f(4), 0, f(4), 0, Int32Array.of(2, 1, -1))],
  ['a read past the end', () => addon.copyStrided(f(4), 3, f(4), 0, Int32Array.of(2, 1, 1))],
  ['a write past the end', () => addon.copyStrided(f(4), 0, f(4), 3, Int32Array.of(2, 1, 1))],
  ['more writes than places', () => addon.copyStrided(f(4), 0, f(4), 0, Int32Array.of(5, 0, 0))],
  ['two types', () => addon.copyStrided(f(4), 0, new Int32Array(4), 0, Int32Array.of(4, 1, 1))],
  ['a torn layout', () => addon.copyStrided(f(4), 0, f(4), 0, Int32Array.of(4, 1))],
  ['an index out of range', () => addon.gather(f(4), Int32Array.of(4), f(1), 1, 1, 4, 1, 1)],
  ['too few indices', () => addon.gather(f(4), Int32Array.of(0), f(4), 1, 1, 4, 1, 2)],
  ['too few ids', () => addon.segmentSum(f(4), Int32Array.of(0), f(2), 2, 2, 1)],
  [
    'a place outside the map',
    () => {
      const [starts, weights] = [Int32Array.of(0, 1), f(1)];
      addon.resize(
        f(4),
        f(1),
        1,
        1,
        2,
        1,
        starts,
        Int32Array.of(2),
        weights,
        2,
        1,
        starts,
        Int32Array.of(0),
        weights,
      );
    },
  ],
  [
    'falling starts',
    () => {
      const [places, weights] = [Int32Array.of(0), f(1)];
      const [up, down] = [Int32Array.of(0, 1), Int32Array.of(1, 0)];
      addon.resize(f(4), f(1), 1, 1, 2, 1, up, places, weights, 2, 1, down, places, weights);
    },
  ],
];

test.each(refused)('%s is a TypeError', (_, call) => {
  expect(call).toThrow(TypeError);
});

test('windows that lie outside the map altogether touch nothing', () => {
  for (const pad of [-100, 100]) {
    const outside = one({ 12: pad, 13: pad });
    const [y, dx] = [f(4), f(16).fill(7)];
    addon.maxPool(outside, f(16), y);
    expect([...y]).toEqual(new Array(4).fill(Number.NEGATIVE_INFINITY));
    addon.averagePool(outside, f(16), y);
    expect([...y]).toEqual(new Array(4).fill(Number.NaN));
    for (const gradient of [
      () => addon.maxPoolGradient(outside, f(16), f(4).fill(1), dx),
      () => addon.averagePoolGradient(outside, f(4).fill(1), dx),
      () => addon.depthwiseInputGradient(outside, f(4).fill(1), f(4).fill(1), dx.fill(7)),
    ]) {
      gradient();
      expect([...dx]).toEqual(new Array(16).fill(0));
    }
    const df = f(4).fill(7);
    addon.depthwiseFilterGradient(outside, f(16).fill(1), f(4).fill(1), df);
    expect([...df]).toEqual([0, 0, 0, 0]);
  }
});
