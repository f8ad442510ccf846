import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochOrder } from './sampling.js';
import { randomAt, shuffle } from './sampling-random.js';

const anyLabels = fc.array(fc.constantFrom(0, 1), { minLength: 2, maxLength: 60 });
const both = anyLabels.filter((labels) => new Set(labels).size === 2);

describe('epochOrder', () => {
  it('is a permutation, the identity unless shuffled', () => {
    fc.assert(
      fc.property(anyLabels, fc.boolean(), fc.integer(), fc.nat(), (labels, shuffled, seed, epoch) => {
        const order = epochOrder(labels, { seed, shuffle: shuffled, balance: false }, epoch);
        const sorted = Int32Array.from(labels.keys());
        expect(shuffled ? order.slice().sort() : order).toEqual(sorted);
      }),
    );
  });

  it('balances classes and repeats within a class as evenly as can be', () => {
    fc.assert(
      fc.property(both, fc.boolean(), fc.integer(), fc.nat(9), (labels, shuffled, seed, epoch) => {
        const order = epochOrder(labels, { seed, shuffle: shuffled, balance: true }, epoch);
        expect(order.length).toBe(labels.length);
        for (const label of [0, 1]) {
          const members = [...labels.keys()].filter((i) => labels[i] === label);
          const uses = members.map((i) => order.filter((j) => j === i).length);
          const total = uses.reduce((a, b) => a + b, 0);
          expect(total).toBe(label ? Math.floor(labels.length / 2) : Math.ceil(labels.length / 2));
          expect(Math.max(...uses) - Math.min(...uses)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('refuses to balance one class', () => {
    expect(() => epochOrder([1, 1], { seed: 0, shuffle: true, balance: true }, 0)).toThrow(
      'no patch has label 0',
    );
  });
});

describe('randomAt', () => {
  it('gives independent, uniform streams for neighbouring keys', () => {
    const first = Array.from({ length: 4000 }, (_, i) => randomAt(0, 0, 1, i).unit());
    const mean = first.reduce((a, b) => a + b) / first.length;
    const next =
      first.slice(1).reduce((sum, v, i) => sum + (v - 0.5) * (first[i]! - 0.5), 0) / (first.length - 1);
    // Five standard errors.
    expect(Math.abs(mean - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / 4000));
    expect(Math.abs(next)).toBeLessThan(5 / 12 / Math.sqrt(4000));
    expect(new Set(first).size).toBe(4000);
    expect(randomAt(2 ** 40).unit()).not.toBe(randomAt(0).unit());
    expect(randomAt(-1).unit()).not.toBe(randomAt(1).unit());
  });

  it('shuffles without favour', () => {
    const counts = Array.from({ length: 4 }, () => [0, 0, 0, 0]);
    for (let i = 0; i < 4000; i++) {
      shuffle(Int32Array.of(0, 1, 2, 3), randomAt(5, i)).forEach((value, at) => {
        counts[value]![at]!++;
      });
    }
    for (const n of counts.flat()) expect(Math.abs(n - 1000)).toBeLessThan(5 * Math.sqrt(750));
  });
});
