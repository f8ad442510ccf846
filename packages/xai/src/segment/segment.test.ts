import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { levelOf, lowestOf } from './float-levels.js';
import { labelThreshold } from './label-threshold.js';
import { mapHistogram } from './map-histogram.js';
import { pseudoMasks } from './pseudo-masks.js';
import { segment } from './segment.js';
import { removeSmallObjects } from './small-objects.js';
import { smoothMaps } from './smooth.js';
import { chooseMapThreshold } from './threshold.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const finite = fc.float({ noNaN: true, noDefaultInfinity: true });
const close = (values: readonly number[], digits = 5): number[] =>
  values.map((value) => expect.closeTo(value, digits));

describe('smoothMaps', () => {
  it('spreads a point as a Gaussian', () => {
    const side = 21;
    const point = tf.buffer([1, side, side]);
    point.set(1, 0, 10, 8);
    const smooth = smoothMaps(point.toTensor() as tf.Tensor3D, 1.5).arraySync()[0]!;
    const weight = (d: number) => Math.exp(-0.5 * (d / 1.5) ** 2) / (1.5 * Math.sqrt(2 * Math.PI));
    expect([smooth[10]![8]!, smooth[10]![11]!, smooth[7]![9]!]).toEqual(
      close([weight(0) ** 2, weight(0) * weight(3), weight(3) * weight(1)], 4),
    );
  });

  it('reflects at the borders: a half of the mirrored pair, even where the kernel is wider than the map', () => {
    const values = [3, -1, 4, 1, -5, 9];
    const mirrored = [...values, ...values.toReversed()];
    const [once, thrice] = [values, [...mirrored, ...mirrored, ...mirrored, ...mirrored, ...mirrored]].map(
      (row) => [...smoothMaps(tf.tensor3d(row, [1, 1, row.length]), 2.5).dataSync()],
    );
    expect(once).toEqual(close(thrice!.slice(24, 30)));
  });

  it('keeps constants, sums and, at sigma 0, everything; sizes and images apart', () => {
    tf.tidy(() => {
      const maps = tf.randomNormal<tf.Rank.R3>([3, 7, 12], 0, 1, 'float32', 5);
      const sums = tf.sum(maps, [1, 2]).arraySync() as number[];
      expect(tf.sum(smoothMaps(maps, 3), [1, 2]).arraySync()).toEqual(close(sums, 4));
      expect([...smoothMaps(tf.fill([1, 3, 4], 0.7), 9).dataSync()]).toEqual(close(new Array(12).fill(0.7)));
      expect(smoothMaps(maps, 0).arraySync()).toEqual(maps.arraySync());
      const alone = smoothMaps(tf.slice(maps, [1, 0, 0], [1, -1, -1]), 2).dataSync();
      expect([...alone]).toEqual([...tf.slice(smoothMaps(maps, 2), [1, 0, 0], [1, -1, -1]).dataSync()]);
    });
    for (const sigma of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => smoothMaps(tf.zeros([1, 2, 2]), sigma)).toThrow(/sigma is/);
    }
  });
});

describe('levels of floats', () => {
  it('keep order, and their lowest numbers part them exactly', () => {
    fc.assert(
      fc.property(finite, finite, fc.integer({ min: 10, max: 24 }), (a, b, bits) => {
        if (a < b) expect(levelOf(a, bits)).toBeLessThanOrEqual(levelOf(b, bits));
        const level = levelOf(b, bits);
        expect(lowestOf(level, bits)).toBeLessThanOrEqual(b);
        expect(levelOf(a, bits) >= level).toBe(a >= lowestOf(level, bits));
      }),
    );
    expect(levelOf(-0, 20)).toBe(levelOf(0, 20));
  });
});

describe('chooseMapThreshold', () => {
  const shares = (values: readonly number[], threshold: number) => {
    const above = values.filter((value) => value >= threshold);
    const below = values.filter((value) => value < threshold);
    return { above, below };
  };
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

  it("otsu parts the pixels as well as any cut does, by Otsu's own measure", () => {
    const between = (values: readonly number[], threshold: number) => {
      const { above, below } = shares(values, threshold);
      return above.length * below.length === 0
        ? 0
        : (above.length * below.length * (mean(above) - mean(below)) ** 2) / values.length ** 2;
    };
    const value = fc.integer({ min: -40, max: 40 }).map((x) => x / 16);
    fc.assert(
      fc.property(fc.array(value, { minLength: 2, maxLength: 40 }), (values) => {
        if (new Set(values).size < 2) return;
        const best = Math.max(...values.map((cut) => between(values, cut)));
        expect(between(values, chooseMapThreshold(values, { method: 'otsu' }))).toBeCloseTo(best, 8);
      }),
      { numRuns: 25 },
    );
    // By hand: {0, 0, 1} | {9, 10} lies in the gap between 1 and 9.
    expect(chooseMapThreshold([0, 9, 0, 10, 1], { method: 'otsu' })).toBeCloseTo(5, 2);
  });

  it('quantile leaves its share of the pixels below', () => {
    const values = Array.from({ length: 200 }, (_, i) => ((i * 77) % 200) - 100);
    for (const quantile of [0.005, 0.25, 0.5, 0.9]) {
      const threshold = chooseMapThreshold(values, { method: 'quantile', quantile });
      expect(shares(values, threshold).below).toHaveLength(200 * quantile);
    }
    const tied = chooseMapThreshold([0, 0, 0, 1], { method: 'quantile', quantile: 0.9 });
    expect(tied).toBeGreaterThan(1);
  });

  it('bestF1 is as good as any cut', () => {
    const pixel = fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: 0, max: 1 }));
    fc.assert(
      fc.property(fc.array(pixel, { minLength: 1, maxLength: 40 }), (pixels) => {
        if (pixels.every(([, truth]) => truth === 0)) return;
        const f1 = (threshold: number) => {
          const called = pixels.filter(([value]) => value >= threshold);
          const found = called.filter(([, truth]) => truth === 1).length;
          return (2 * found) / (called.length + pixels.filter(([, truth]) => truth === 1).length);
        };
        const [values, masks] = [pixels.map(([value]) => value), pixels.map(([, truth]) => truth)];
        const best = Math.max(...values.map(f1));
        expect(f1(chooseMapThreshold(values, { method: 'bestF1', masks }))).toBeCloseTo(best, 10);
      }),
      { numRuns: 25 },
    );
  });

  it('is the same from many batches as from one, on any scale', () => {
    const values = Array.from({ length: 300 }, (_, i) => Math.sin(i * i) * 1e-5);
    const masks = values.map((value, i) => (value + 4e-6 * Math.cos(i) > 3e-6 ? 1 : 0));
    const streamed = mapHistogram();
    for (let i = 0; i < 300; i += 70) streamed.update(values.slice(i, i + 70), masks.slice(i, i + 70));
    for (const options of [
      { method: 'otsu' },
      { method: 'quantile', quantile: 0.8 },
      { method: 'bestF1', masks },
    ] as const) {
      const whole = chooseMapThreshold(values, options);
      const own = options.method === 'bestF1' ? { method: options.method } : options;
      expect(chooseMapThreshold(streamed, own)).toBe(whole);
      const larger = chooseMapThreshold(
        values.map((value) => value * 2 ** 20),
        options,
      );
      expect(larger / 2 ** 20).toBe(whole);
    }
    expect([streamed.length, streamed.hasMasks]).toEqual([300, true]);
  });

  it('says what is missing or wrong', () => {
    const fails = (...args: Parameters<typeof chooseMapThreshold>) =>
      expect(() => chooseMapThreshold(...args));
    fails([], { method: 'otsu' }).toThrow(/no pixels/);
    fails([2, 2, 2], { method: 'otsu' }).toThrow(/all map pixels are alike.*give a number/i);
    fails([1, 2], { method: 'bestF1' }).toThrow(/'bestF1' needs masks/);
    fails([1, 2], { method: 'bestF1', masks: [0, 0] }).toThrow(/no tumour pixel/);
    fails([1, 2], { method: 'bestF1', masks: [1] }).toThrow(/1 mask pixels for 2 map pixels/);
    fails([1, 2], { method: 'bestF1', masks: [1, 255] }).toThrow(/Mask pixel 1 is 255/);
    fails([1, Number.NaN], { method: 'otsu' }).toThrow(/Map pixel 1 is NaN/);
    fails([1, 2], { method: 'quantile', quantile: 1 }).toThrow(/quantile is 1/);
    expect(() => mapHistogram({ bits: 9 })).toThrow(/bits is 9/);
    const histogram = mapHistogram();
    histogram.update([1]);
    expect(() => histogram.update([1], [1])).toThrow(/with masks and others without/);
  });
});

const draw = (rows: readonly string[]): number[] => [...rows.join('')].map((c) => (c === '#' ? 1 : 0));

describe('removeSmallObjects', () => {
  const mask = draw(['##..#', '#..#.', '.....', '.##..']);

  it('clears what is smaller and keeps the rest, by sides or by corners', () => {
    const shown = (area: number, connectivity: 4 | 8) => [
      ...removeSmallObjects(mask, { size: [4, 5], minimumArea: area, connectivity }),
    ];
    expect(shown(2, 8)).toEqual(mask);
    expect(shown(2, 4)).toEqual(draw(['##...', '#....', '.....', '.##..']));
    expect(shown(3, 8)).toEqual(draw(['##...', '#....', '.....', '.....']));
    expect(shown(4, 8)).toEqual(new Array(20).fill(0));
    expect(shown(0, 4)).toEqual(mask);
  });

  it('keeps the images of a batch, and opposite borders, apart', () => {
    const touching = draw(['...', '..#', '#..', '...']);
    expect([...removeSmallObjects(touching, { size: [2, 3], minimumArea: 2 })]).toEqual(
      new Array(12).fill(0),
    );
    expect(() => removeSmallObjects(touching, { size: [5, 3], minimumArea: 2 })).toThrow(
      /12 pixels does not fill images of 5×3/,
    );
    expect(() => removeSmallObjects(touching, { size: [2, 3], minimumArea: Number.NaN })).toThrow(
      /minimumArea is NaN/,
    );
  });
});

describe('maps and masks that are no flat numbers', () => {
  const tensor = tf.ones([1, 2, 2]) as never;
  const promise = Promise.resolve(new Float32Array(4)) as never;
  const rows = [[[1, 2]]] as never;
  it.each<[never, string]>([
    [tensor, 'is a tensor; give its numbers, such as `await tensor.data()`'],
    [promise, 'is a promise (await it); give its numbers'],
    [rows, 'is an array of arrays; give flat numbers in row order'],
  ])('are refused: %#', (given, message) => {
    const labels = labelThreshold({ size: [2, 2], centre: 32 });
    const histogram = mapHistogram();
    const values = new Float32Array(4);
    for (const use of [
      () => chooseMapThreshold(given, { method: 'otsu' }),
      () => chooseMapThreshold(values, { method: 'bestF1', masks: given }),
      () => histogram.update(given),
      () => labels.update(given, [1]),
      () => labels.update(values, given),
      () => pseudoMasks(given, { size: [2, 2], centre: 32, labels: [1], threshold: 0 }),
      () => removeSmallObjects(given, { size: [2, 2], minimumArea: 1 }),
    ]) {
      expect(use).toThrow(message);
    }
    expect(histogram.length).toBe(0);
  });

  it('segment takes a tensor alone', async () => {
    await expect(segment(promise, { threshold: 0 })).rejects.toThrow(
      'segment: maps must be a tensor [B, H, W], got a promise.',
    );
  });
});

describe('segment', () => {
  it('smooths, cuts at one threshold for all images, and drops specks', async () => {
    const maps = tf.tensor3d(
      draw(['##..', '##..', '....', '...#', '....', '....', '....', '....']),
      [2, 4, 4],
    );
    const before = tf.memory().numTensors;
    const threshold = { method: 'otsu' } as const;
    expect([...(await segment(maps, { threshold }))]).toEqual([...maps.dataSync()]);
    expect([...(await segment(maps, { threshold: 0.5, minimumArea: 2 }))]).toEqual(
      draw(['##..', '##..', '....', '....', '....', '....', '....', '....']),
    );
    const smooth = smoothMaps(maps, 0.8).dataSync();
    const masks = await segment(maps, { threshold: 0.3, smoothing: 0.8 });
    expect([...masks]).toEqual([...smooth].map((value) => (value >= Math.fround(0.3) ? 1 : 0)));
    expect(masks.slice(16).every((pixel) => pixel === 0)).toBe(true);
    expect(tf.memory().numTensors).toBe(before + 1); // `smooth` of this test
    await expect(segment(maps, { threshold: Number.NaN })).rejects.toThrow(/threshold is NaN/);
    await expect(segment(tf.fill([1, 1, 2], Number.NaN), { threshold: 0 })).rejects.toThrow(/hold NaN/);
  });
});
