import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  auroc,
  averagePrecision,
  chooseThreshold,
  confusion,
  dice,
  evaluateBinary,
  f1,
  iou,
  maskOverlap,
  type PixelScores,
  pixelScores,
  precision,
  reliabilityBins,
  sensitivity,
  specificity,
} from '../src/index.js';

/** Both classes are there; scores tie often. */
const pairs = fc
  .array(fc.tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: 0, max: 1 })), {
    minLength: 2,
    maxLength: 60,
  })
  .filter((list) => new Set(list.map(([, label]) => label)).size === 2)
  .map((list) => ({ scores: list.map(([score]) => score / 4), labels: list.map(([, label]) => label) }));
const mask = (n: number) => fc.array(fc.integer({ min: 0, max: 1 }), { minLength: n, maxLength: n });

describe('ranking', () => {
  it('AUROC is the share of pairs in the right order, ties counting half', () => {
    fc.assert(
      fc.property(pairs, ({ scores, labels }) => {
        let [right, all] = [0, 0];
        for (const [i, a] of scores.entries()) {
          for (const [j, b] of scores.entries()) {
            if (labels[i] !== 1 || labels[j] !== 0) continue;
            all++;
            right += a > b ? 1 : a === b ? 0.5 : 0;
          }
        }
        expect(auroc(scores, labels)).toBeCloseTo(right / all, 12);
      }),
    );
  });

  it('does not change with a rising transform or with order', () => {
    fc.assert(
      fc.property(pairs, ({ scores, labels }) => {
        const moved = scores.map((score) => Math.exp(score / 3) * 5 - 7);
        const back = <T>(list: readonly T[]) => [...list].reverse();
        for (const metric of [auroc, averagePrecision]) {
          const value = metric(scores, labels);
          expect(metric(moved, labels)).toBeCloseTo(value, 12);
          expect(metric(back(scores), back(labels))).toBeCloseTo(value, 12);
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('AUROC of the other class is its complement', () => {
    fc.assert(
      fc.property(pairs, ({ scores, labels }) => {
        const other = labels.map((label) => 1 - label);
        expect(auroc(scores, other)).toBeCloseTo(1 - auroc(scores, labels), 12);
        expect(
          auroc(
            scores.map((score) => -score),
            other,
          ),
        ).toBeCloseTo(auroc(scores, labels), 12);
      }),
    );
  });
});

describe('thresholds', () => {
  it('no observed score does better than the chosen one', () => {
    fc.assert(
      fc.property(pairs, ({ scores, labels }) => {
        const qualities = {
          youden: (t: number) => {
            const counts = confusion(scores, labels, t);
            return sensitivity(counts) + specificity(counts);
          },
          f1: (t: number) => f1(confusion(scores, labels, t)),
          accuracy: (t: number) => confusion(scores, labels, t).tp + confusion(scores, labels, t).tn,
        };
        for (const criterion of ['youden', 'f1', 'accuracy'] as const) {
          const chosen = qualities[criterion](chooseThreshold(scores, labels, criterion));
          for (const score of scores)
            expect(chosen).toBeGreaterThanOrEqual(qualities[criterion](score) - 1e-12);
        }
      }),
    );
  });

  it('keeps a wanted sensitivity with the fewest false positives', () => {
    fc.assert(
      fc.property(pairs, fc.double({ min: 0.05, max: 1, noNaN: true }), ({ scores, labels }, wanted) => {
        const chosen = confusion(scores, labels, chooseThreshold(scores, labels, { sensitivity: wanted }));
        expect(sensitivity(chosen)).toBeGreaterThanOrEqual(wanted);
        for (const score of scores) {
          const other = confusion(scores, labels, score);
          if (sensitivity(other) >= wanted) expect(chosen.fp).toBeLessThanOrEqual(other.fp);
        }
      }),
    );
  });
});

describe('reliability bins', () => {
  it('hold every prediction once and lie in order', () => {
    const input = fc.array(
      fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 1 })),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(
        input,
        fc.integer({ min: 1, max: 20 }),
        fc.constantFrom('width' as const, 'mass' as const),
        (list, bins, binning) => {
          const result = reliabilityBins(
            list.map(([p]) => p),
            list.map(([, label]) => label),
            { bins, binning },
          );
          expect(result.reduce((sum, bin) => sum + bin.count, 0)).toBe(list.length);
          for (const bin of result) {
            expect(bin.confidence).toBeGreaterThanOrEqual(bin.from - 1e-12);
            expect(bin.confidence).toBeLessThanOrEqual(bin.to + 1e-12);
          }
        },
      ),
    );
  });
});

describe('masks', () => {
  it('Dice and IoU determine each other; parts merge', () => {
    const two = fc.integer({ min: 1, max: 40 }).chain((n) => fc.tuple(mask(n), mask(n)));
    fc.assert(
      fc.property(two, two, ([a, b], [c, d]) => {
        expect(dice(a, b)).toBeCloseTo((2 * iou(a, b)) / (1 + iou(a, b)), 12);
        expect(dice(a, b)).toBe(dice(b, a));
        const [whole, part, rest] = [maskOverlap(), maskOverlap(), maskOverlap()];
        whole.update([...a, ...c], [...b, ...d]);
        part.update(a, b);
        rest.update(c, d);
        part.merge(rest);
        expect(part.counts()).toEqual(whole.counts());
        const { tp, fp } = whole.counts();
        if (tp + fp > 0) expect(precision(whole.counts())).toBe(tp / (tp + fp));
      }),
    );
  });
});

describe('pooled pixels', () => {
  it('are exact where scores are far apart, and merge', () => {
    fc.assert(
      fc.property(pairs, pairs, (first, second) => {
        const scores = [...first.scores, ...second.scores];
        const labels = [...first.labels, ...second.labels];
        const [whole, part, rest] = [1, 2, 3].map(() => pixelScores({ bits: 14 })) as [
          PixelScores,
          PixelScores,
          PixelScores,
        ];
        whole.update(scores, labels);
        part.update(first.scores, first.labels);
        rest.update(second.scores, second.labels);
        part.merge(rest);
        expect(whole.auroc()).toBeCloseTo(auroc(scores, labels), 12);
        expect(whole.averagePrecision()).toBeCloseTo(averagePrecision(scores, labels), 12);
        expect(part.auroc()).toBe(whole.auroc());
        expect(part.length).toBe(scores.length);
      }),
    );
  });

  it('know how far off they may be, at any resolution and scale', () => {
    const element = fc.tuple(fc.integer({ min: -1000, max: 1000 }), fc.integer({ min: 0, max: 1 }));
    const spread = fc.array(element, { minLength: 20, maxLength: 300 });
    fc.assert(
      fc.property(spread, fc.constantFrom(1e-9, 1, 1e6), fc.constantFrom(10, 12, 14), (list, scale, bits) => {
        const scores = list.map(([score, label]) => (score / 1000 + 0.3 * label) * scale);
        const labels = list.map(([, label]) => label);
        fc.pre(new Set(labels).size === 2);
        const pixels = pixelScores({ bits });
        pixels.update(scores, labels);
        for (const [[low, high], rounded, exact] of [
          [pixels.aurocBounds(), pixels.auroc(), auroc(scores, labels)],
          [pixels.averagePrecisionBounds(), pixels.averagePrecision(), averagePrecision(scores, labels)],
        ] as const) {
          for (const value of [rounded, exact]) {
            expect(value).toBeGreaterThanOrEqual(low - 1e-12);
            expect(value).toBeLessThanOrEqual(high + 1e-12);
          }
        }
      }),
    );
  });
});

describe('evaluateBinary', () => {
  it('puts point estimates inside ordered intervals in [0, 1]', () => {
    fc.assert(
      fc.property(pairs, ({ scores, labels }) => {
        const result = evaluateBinary({ logits: scores, labels, bootstrap: { resamples: 60 } });
        for (const interval of [result.accuracyCi95, result.aurocCi95, result.brierCi95]) {
          if (interval === null) continue;
          expect(interval[0]).toBeLessThanOrEqual(interval[1]);
          expect(interval[0]).toBeGreaterThanOrEqual(0);
          expect(interval[1]).toBeLessThanOrEqual(1);
        }
        expect(result.confusion.tp + result.confusion.fp + result.confusion.tn + result.confusion.fn).toBe(
          scores.length,
        );
      }),
      { numRuns: 30 },
    );
  });
});
