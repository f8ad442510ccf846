import { runInNewContext } from 'node:vm';
import { Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { colorMap } from './color-map.js';
import { colorize, overlay } from './colorize.js';
import type { ImageValues } from './image-bytes.js';
import { type LegendOptions, legend } from './legend.js';
import { bytesToOklab, linearSrgb, oklab, type Triple, toBytes } from './oklab.js';
import { type DisplayRangeOptions, displayRange, normalize, type Range } from './range.js';

const aTensor = new Tensor([1], 'float32', {}, 0);
const rgb = (bytes: ArrayLike<number>, index: number, channels = 4): number[] =>
  [0, 1, 2].map((c) => bytes[channels * index + c]!);
const labs = (table: Uint8Array): Triple[] =>
  Array.from({ length: table.length / 3 }, (_, i) => bytesToOklab(rgb(table, i, 3) as unknown as Triple));

describe('oklab', () => {
  it('agrees with the published values for white and red, and comes back from bytes', () => {
    expect(bytesToOklab([255, 255, 255])).toEqual([1, 0, 0].map((value) => expect.closeTo(value, 4)));
    expect(bytesToOklab([255, 0, 0])).toEqual(
      [0.62796, 0.22486, 0.12585].map((value) => expect.closeTo(value, 4)),
    );
    for (const color of [[12, 200, 99] as const, [250, 3, 128] as const])
      expect(toBytes(bytesToOklab(color))).toEqual(color);
    expect(linearSrgb(oklab([1, 0, 0])).map((value) => Math.round(value * 1e4) / 1e4)).toEqual([1, 1, 1]);
  });
});

describe('colour maps', () => {
  it.each(['diverging', 'sequential'] as const)('%s: equal steps in value look about equal', (name) => {
    const colors = labs(colorMap(name).table);
    // Over eight entries, so that rounding to bytes does not count.
    const gaps = colors.slice(8).map((color, i) => Math.hypot(...color.map((v, k) => v - colors[i]![k]!)));
    const straight = gaps.filter((_, i) => name === 'sequential' || Math.abs(i + 4 - 128) > 8);
    const mean = straight.reduce((sum, gap) => sum + gap, 0) / straight.length;
    expect(Math.max(...straight.map((gap) => Math.abs(gap / mean - 1)))).toBeLessThan(0.1);
  });

  it('sequential: lightness only rises', () => {
    const lightness = labs(colorMap('sequential').table).map(([L]) => L);
    expect(lightness.every((L, i) => i === 0 || L > lightness[i - 1]! - 0.002)).toBe(true);
    expect(lightness.at(-1)! - lightness[0]!).toBeGreaterThan(0.75);
  });

  it('diverging: neutral in the middle, equally light on both sides', () => {
    const colors = labs(colorMap('diverging').table);
    expect(colors).toHaveLength(257);
    const [, a, b] = colors[128]!;
    expect(Math.hypot(a, b)).toBeLessThan(0.003);
    for (let i = 0; i < 128; i++) expect(Math.abs(colors[i]![0] - colors[256 - i]![0])).toBeLessThan(0.02);
    expect(colors[0]![2]).toBeLessThan(-0.1);
    expect(colors[256]![1]).toBeGreaterThan(0.1);
  });

  it('names the maps there are', () => {
    expect(() => colorMap('jet' as 'diverging')).toThrow(
      "colorMap: name must be one of diverging, sequential, got 'jet'",
    );
    expect(() => colorize([1], { colorMap: 'divergent' as 'diverging' })).toThrow(
      "did you mean 'diverging'?",
    );
    const own = { name: 'own', diverging: false, table: new Uint8Array([0, 0, 0, 9, 9, 9]) };
    expect(rgb(colorize([0, 1], { colorMap: own }), 1)).toEqual([9, 9, 9]);
    expect(() => colorMap({ ...own, table: new Uint8Array(4) })).toThrow(/3 bytes a colour, got 4/);
  });
});

describe('ranges', () => {
  it('puts zero in the middle of a diverging map, whatever the values', () => {
    expect(displayRange([-1, 3], { diverging: true })).toEqual([-3, 3]);
    expect(displayRange([-1, 3])).toEqual([-3, 3]); // the default, as colorize's
    expect(displayRange([-1, 3], colorMap('diverging'))).toEqual([-3, 3]);
    expect(displayRange([1, 3], { diverging: false })).toEqual([1, 3]);
    expect([...normalize([-3, 0], [-3, 3])]).toEqual([0, 0.5]);
    expect([...normalize([-3, 0, 1.5, 9], [-3, 3], { diverging: true })]).toEqual([0, 0.5, 0.75, 1]);
  });

  it('shows an all-zero or constant map as neutral, never NaN', () => {
    const zeros = new Float32Array(4);
    const neutral = rgb(colorMap('diverging').table, 128, 3);
    expect(rgb(colorize(zeros), 2)).toEqual(neutral);
    expect(rgb(colorize(zeros, { colorMap: 'sequential' }), 0)).toEqual(
      rgb(colorMap('sequential').table, 0, 3),
    );
    expect([...normalize([7, 7], [7, 7], { diverging: false })]).toEqual([0, 0]);
    expect([...overlay(new Uint8Array(12).fill(90), zeros)]).toEqual(
      new Array(4).fill([90, 90, 90, 255]).flat(),
    );
    expect([...colorize([])]).toEqual([]);
  });

  it('refuses NaN, infinity and ranges the wrong way round', () => {
    expect(() => colorize([0, Number.NaN])).toThrow(/NaN at index 1/);
    expect(() => colorize([0, Number.POSITIVE_INFINITY], { range: [0, 1] })).toThrow(/Infinity at index 1/);
    expect(() => colorize([0], { range: [1, 0] })).toThrow(/range is \[1, 0\]/);
    expect(() => legend({ range: [0, Number.NaN] })).toThrow(/range is/);
    expect(() => legend({} as { range: Range })).toThrow(/range is undefined; expected two finite numbers/);
    expect(() => colorize([0], { range: 5 as unknown as Range })).toThrow(/range is 5; expected two/);
  });
});

describe('colorize and overlay', () => {
  it('takes the ends of the table at the ends of the range and beyond', () => {
    const { table } = colorMap('diverging');
    const out = colorize([-5, -1, 0, 1, 5], { range: [-1, 1] });
    expect([0, 1, 2, 3, 4].map((i) => rgb(out, i))).toEqual(
      [0, 0, 128, 256, 256].map((i) => rgb(table, i, 3)),
    );
    expect([3, 7, 11].map((i) => out[i])).toEqual([255, 255, 255]);
  });

  it('blends by alpha, and fades to the image where the map is neutral', () => {
    const red = rgb(colorMap('diverging').table, 256, 3);
    const neutral = rgb(colorMap('diverging').table, 128, 3);
    const image = new Uint8ClampedArray([100, 100, 100, 255, 100, 100, 100, 255]);
    const faded = overlay(image, [0, 2], { alpha: 0.5 });
    expect(rgb(faded, 0)).toEqual([100, 100, 100]);
    rgb(faded, 1).forEach((value, c) => {
      expect(Math.abs(value - (100 + red[c]!) / 2)).toBeLessThanOrEqual(0.5);
    });
    const flat = overlay(image, [0, 2], { alpha: 0.5, fade: false });
    rgb(flat, 0).forEach((value, c) => {
      expect(Math.abs(value - (100 + neutral[c]!) / 2)).toBeLessThanOrEqual(0.5);
    });
  });

  it('knows bytes by their array, whatever its kind, and floats in [0, 1]', () => {
    const bytes = [51, 102, 255];
    const shown = overlay(new Uint8Array(bytes), [1]);
    for (const kind of [Uint8ClampedArray, Int32Array, Uint16Array, Buffer])
      expect(overlay(kind.from(bytes) as ImageValues, [1])).toEqual(shown);
    const floats = [0.2, 0.4, 1];
    for (const image of [floats, Float32Array.from(floats), Float64Array.from(floats)])
      expect(overlay(image, [1])).toEqual(shown);
    // Integers are bytes even where all of them are small; what rounds to 0 or 1 is 0 or 1.
    expect(overlay(Int32Array.of(1, 1, 1), [0])).toEqual(Uint8ClampedArray.of(1, 1, 1, 255));
    expect(overlay([1.0001, -1e-6, 0], [0])).toEqual(Uint8ClampedArray.of(255, 0, 0, 255));
    // A Float32Array of another realm, as Jest's, is no instance of ours.
    const foreign = runInNewContext('Float32Array.of(0.2, 0.4, 1)');
    expect(overlay(foreign, [1])).toEqual(shown);
  });

  it.each([
    ['bytes as plain numbers', [51, 102, 255], /51 at index 0; .*divide by 255, or give bytes/],
    ['bytes as floats', new Float32Array([0, 0, 128]), /128 at index 2; .*divide by 255/],
    ['a standardised image', [0.5, -1.2, 0], /-1.2 at index 1; .*in \[0, 1\]/],
    ['NaN', [0, Number.NaN, 0], /NaN at index 1/],
    ['12-bit integers', Uint16Array.of(9, 4095, 0), /4095 at index 1; integers are bytes/],
    ['negative integers', Int32Array.of(-1, 0, 0), /-1 at index 0; integers are bytes/],
    ['another size', new Uint8Array(9), /image of 9 values does not fit a map of 1/],
    ['nothing', new Uint8Array(0), /image of 0 values does not fit/],
    ['a tensor', aTensor, /the image is a tensor; give its numbers, such as `await tensor.data/],
    ['a promise', Promise.resolve([1, 1, 1]), /the image is a promise \(await it\)/],
    ['rows in rows', [[1, 1, 1]], /the image is an array of arrays; give flat numbers/],
    ['an ImageData', new (class ImageData {})(), /the image is ImageData; give .*imageData.data/],
    ['undefined', undefined, /the image is undefined/],
  ])('overlay refuses %s', (_, image, message) => {
    expect(() => overlay(image as ImageValues, [1])).toThrow(message);
  });

  it('takes grey and opaque RGBA images, and no grey one of twice the size for RGBA', () => {
    expect(overlay(Uint8Array.of(7, 9), [0, 0])).toEqual(Uint8ClampedArray.of(7, 7, 7, 255, 9, 9, 9, 255));
    expect(overlay([0.2, 0.4, 1, 1], [0])).toEqual(Uint8ClampedArray.of(51, 102, 255, 255));
    expect(() => overlay(Uint8Array.of(1, 2, 3, 4), [0])).toThrow(
      /pixel 0 of the RGBA image has alpha 4; .*grey one of twice its height and width/,
    );
  });

  it('refuses a map that is no flat numbers, and options that nobody reads', () => {
    const tensorAsMap = aTensor as unknown as number[];
    expect(() => overlay([1, 1, 1], tensorAsMap)).toThrow(/overlay: the map is a tensor/);
    expect(() => colorize(tensorAsMap)).toThrow(/colorize: the map is a tensor/);
    expect(() => displayRange(tensorAsMap)).toThrow(/displayRange: the map is a tensor/);
    expect(() => normalize(tensorAsMap, [0, 1])).toThrow(/normalize: the map is a tensor/);
    const unknown = (options: object) => options as LegendOptions & DisplayRangeOptions;
    expect(() => overlay([1, 1, 1], [1], unknown({ opacity: 1 }))).toThrow("did you mean 'alpha'?");
    expect(() => colorize([1], unknown({ cmap: 'jet' }))).toThrow("did you mean 'colorMap'?");
    expect(() => displayRange([1], unknown({ divergent: false }))).toThrow("did you mean 'diverging'?");
    expect(() => normalize([1], [0, 1], unknown({ low: 0 }))).toThrow("unknown option 'low'");
    expect(() => legend(unknown({ range: [0, 1], size: 9 }))).toThrow("'size'; give width and height");
    expect(() => overlay(new Uint8Array(3), [1], { alpha: 2 })).toThrow(/alpha is 2/);
  });
});

describe('legend', () => {
  it('draws the colour map from end to end over labels, and labels that differ', () => {
    const bar = legend({ range: [-1, 1], width: 200, height: 30 });
    expect(bar).toHaveLength(4 * 200 * 30);
    expect(legend({ range: [-1, 1] })).toHaveLength(4 * 192 * 28);
    expect(rgb(bar, 0)).toEqual(rgb(colorMap('diverging').table, 0, 3));
    expect(rgb(bar, 199)).toEqual(rgb(colorMap('diverging').table, 256, 3));
    const ink = (pixels: Uint8ClampedArray) =>
      Array.from({ length: 200 * 30 }, (_, i) => i).filter((i) => pixels[4 * i] === 51 && i >= 200 * 16)
        .length;
    expect(ink(bar)).toBeGreaterThan(40);
    expect(legend({ range: [-2, 2], width: 200, height: 30 })).not.toEqual(bar);
    for (const value of [1e-9, 123456789, -0.00012, 1e30])
      expect(() => legend({ range: [-1e31, value] })).not.toThrow();
  });

  it('refuses sizes that hold no label', () => {
    expect(() => legend({ range: [0, 1], width: 20 })).toThrow(/20×28 pixels is too small/);
  });
});
