import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measurer } from './measure.js';
import { statisticNames } from './statistics.js';

const drawn = fc.array(
  fc.record({
    score: fc.integer({ min: -8, max: 8 }).map((score) => score / 2),
    label: fc.integer({ min: 0, max: 1 }),
    weight: fc.integer({ min: 0, max: 3 }),
  }),
  { minLength: 1, maxLength: 40 },
);

describe('measurer', () => {
  it('counts an element of weight k as k elements', () => {
    fc.assert(
      fc.property(drawn, fc.double({ min: 0.3, max: 3, noNaN: true }), (list, temperature) => {
        const repeated = list.flatMap((element) => Array.from({ length: element.weight }, () => element));
        fc.pre(repeated.length > 0);
        const of = (elements: typeof list) =>
          measurer(
            elements.map(({ score }) => score),
            elements.map(({ label }) => label),
            { temperature, threshold: 0.4 },
          );
        const weighted = of(list)(list.map(({ weight }) => weight));
        const plain = of(repeated)();
        expect(weighted.confusion).toEqual(plain.confusion);
        for (const name of statisticNames) {
          const [a, b] = [weighted.statistics[name], plain.statistics[name]];
          if (b === null) expect(a).toBeNull();
          else expect(a).toBeCloseTo(b, 12);
        }
      }),
    );
  });

  it('does not remember the weights of an earlier resample', () => {
    const measure = measurer([1, 2, 3, -1], [0, 1, 1, 0], {});
    const before = measure();
    measure([0, 0, 3, 1]);
    expect(measure()).toEqual(before);
  });

  it.each([
    [{ temperature: 0 }, /temperature is 0/],
    [{ threshold: Number.NaN }, /threshold is NaN/],
    [{ bias: Number.POSITIVE_INFINITY }, /bias is Infinity/],
    [{ input: 'probabilities' as const }, /probability 0 is 2/],
  ])('refuses %o', (options, message) => {
    expect(() => measurer([2, 0], [1, 0], options)).toThrow(message);
  });
});
