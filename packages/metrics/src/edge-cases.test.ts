import { describe, expect, it } from 'vitest';
import { normals } from '../test/normals.js';
import {
  auroc,
  averagePrecision,
  binaryScores,
  brier,
  chooseThreshold,
  confusion,
  dice,
  evaluateBinary,
  f1,
  fitTemperature,
  iou,
  logLoss,
  MetricError,
  maskOverlap,
  orNull,
  pixelScores,
  precision,
  precisionRecallCurve,
  reliabilityBins,
  rocCurve,
  sensitivity,
  sigmoid,
  specificity,
  thin,
} from './index.js';

const code = (call: () => unknown): string => {
  try {
    call();
  } catch (error) {
    if (error instanceof MetricError) return error.code;
    throw error;
  }
  return 'no error';
};

describe('bad input', () => {
  const two = [
    auroc,
    averagePrecision,
    rocCurve,
    precisionRecallCurve,
    logLoss,
    confusion,
    chooseThreshold,
    fitTemperature,
  ];
  it.each(two)('%o says what is wrong', (metric) => {
    expect(code(() => metric([], []))).toBe('empty');
    expect(code(() => metric([1], [1, 0]))).toBe('length');
    expect(code(() => metric([1, 2], [1, 2]))).toBe('label');
    expect(code(() => metric([1, Number.NaN], [1, 0]))).toBe('not-finite');
    expect(() => metric([1, Number.POSITIVE_INFINITY], [1, 0])).toThrow('score 1 is Infinity');
  });

  it('probabilities must lie in [0, 1]', () => {
    expect(code(() => brier([1.2], [1]))).toBe('range');
    expect(code(() => reliabilityBins([-0.1], [1]))).toBe('range');
    expect(code(() => reliabilityBins([0.1], [1], { bins: 0 }))).toBe('option');
  });

  it('nothing is added of a bad batch', () => {
    const scores = binaryScores();
    scores.update([1], [1]);
    expect(code(() => scores.update([2, Number.NaN], [0, 1]))).toBe('not-finite');
    expect([...scores.scores()]).toEqual([1]);
  });
});

describe('one class only', () => {
  it('is undefined where the definition divides by nothing', () => {
    for (const labels of [
      [1, 1],
      [0, 0],
    ]) {
      expect(code(() => auroc([1, 2], labels))).toBe('one-class');
      expect(code(() => chooseThreshold([1, 2], labels))).toBe('one-class');
    }
    expect(code(() => averagePrecision([1, 2], [0, 0]))).toBe('one-class');
    expect(averagePrecision([1, 2], [1, 1])).toBe(1);
    expect(code(() => sensitivity(confusion([1], [0])))).toBe('one-class');
    expect(code(() => specificity(confusion([1], [1])))).toBe('one-class');
    expect(precision(confusion([0], [1]))).toBe(0);
    expect(f1(confusion([0], [0]))).toBe(0);
  });

  it('an evaluation goes on with null', () => {
    const result = evaluateBinary({ logits: [1, 2, -1], labels: [1, 1, 1], bootstrap: { resamples: 50 } });
    expect(result).toMatchObject({ auroc: null, aurocCi95: null, specificity: null, balancedAccuracy: null });
    expect(result.sensitivity).toBeCloseTo(2 / 3, 12);
  });

  it('orNull lets other errors pass', () => {
    expect(orNull(() => auroc([1], [1]))).toBeNull();
    expect(() => orNull(() => auroc([], []))).toThrow(MetricError);
  });
});

describe('logits of any size', () => {
  it('stay finite', () => {
    expect(logLoss([1e4, -1e4], [1, 0])).toBe(0);
    expect(logLoss([1e4], [0])).toBe(1e4);
    expect(sigmoid(1e4)).toBe(1);
    expect(sigmoid(-1e4)).toBe(0);
  });
});

describe('temperature scaling', () => {
  it('finds the temperature that made the labels', () => {
    // Labels as frequent as sigmoid(z / 2.5) says: the log loss is then least at 2.5.
    const logits: number[] = [];
    const labels: number[] = [];
    for (let z = -6; z <= 6; z += 0.5) {
      const positives = Math.round(1000 * sigmoid(z / 2.5));
      for (let i = 0; i < 1000; i++) {
        logits.push(z);
        labels.push(i < positives ? 1 : 0);
      }
    }
    const fit = fitTemperature(logits, labels);
    expect(fit.temperature).toBeCloseTo(2.5, 2);
    expect(fit.logLossAfter).toBeLessThan(fit.logLossBefore);
  });

  it('finds temperature and bias that made the labels', () => {
    const logits: number[] = [];
    const labels: number[] = [];
    for (let z = -6; z <= 6; z += 0.5) {
      const positives = Math.round(1000 * sigmoid(z / 0.7 - 1.1));
      for (let i = 0; i < 1000; i++) {
        logits.push(z);
        labels.push(i < positives ? 1 : 0);
      }
    }
    const fit = fitTemperature(logits, labels, { bias: true });
    expect(fit.temperature).toBeCloseTo(0.7, 2);
    expect(fit.bias).toBeCloseTo(-1.1, 1);
    expect(fit.logLossAfter).toBeLessThan(fitTemperature(logits, labels).logLossAfter);
  });

  it('a bias cannot make separable, reversed or constant logits run away', () => {
    for (const [logits, labels] of [
      [
        [-1, 1],
        [0, 1],
      ],
      [
        [-1, 1],
        [1, 0],
      ],
      [
        [3, 3, 3],
        [1, 0, 0],
      ],
    ] as const) {
      const fit = fitTemperature(logits, labels, { bias: true });
      expect(fit.temperature).toBeGreaterThanOrEqual(0.05 - 1e-9);
      expect(fit.temperature).toBeLessThanOrEqual(100 + 1e-6);
      expect(Number.isFinite(fit.bias)).toBe(true);
      expect(fit.logLossAfter).toBeLessThanOrEqual(fit.logLossBefore);
    }
    expect(fitTemperature([1, 2], [1, 1], { bias: true })).toMatchObject({ temperature: 1, bias: 0 });
  });

  it('stays in bounds where no temperature is best', () => {
    expect(fitTemperature([-1, 1], [0, 1]).temperature).toBeCloseTo(0.05, 10);
    expect(fitTemperature([-1, 1], [1, 0]).temperature).toBeCloseTo(100, 8);
    expect(fitTemperature([0, 0], [1, 0]).temperature).toBeCloseTo(100, 8);
    expect(fitTemperature([1, 2], [1, 1]).temperature).toBe(1);
  });
});

describe('masks', () => {
  it('two empty masks agree wholly; an empty and a full one not at all', () => {
    expect(dice([0, 0], [0, 0])).toBe(1);
    expect(iou([0, 0], [0, 0])).toBe(1);
    expect(dice([0, 0], [1, 1])).toBe(0);
    const full = maskOverlap();
    full.update([1, 1], [1, 1]);
    expect(full.f1Negative()).toBe(1);
  });

  it('refuse what is no mask, and no pixels', () => {
    expect(code(() => dice([0.5], [1]))).toBe('label');
    expect(code(() => dice([1], [2]))).toBe('label');
    expect(code(() => maskOverlap().dice())).toBe('empty');
    expect(code(() => pixelScores().auroc())).toBe('empty');
  });
});

describe('pooled pixels', () => {
  it('hold zero and minus zero for tied, and keep the order across signs and scales', () => {
    const zero = pixelScores();
    zero.update([0, -0], [1, 0]);
    expect(zero.auroc()).toBe(0.5);
    const wide = pixelScores();
    wide.update([-1e30, -1, -1e-30, 0, 1e-30, 1, 1e30, 3.4e38], [0, 0, 0, 0, 1, 1, 1, 1]);
    expect(wide.auroc()).toBe(1);
    expect(wide.averagePrecision()).toBe(1);
  });
});

describe('histograms of pixels', () => {
  it('of different resolution do not merge', () => {
    expect(code(() => pixelScores({ bits: 12 }).merge(pixelScores({ bits: 13 })))).toBe('option');
    expect(code(() => pixelScores({ bits: 9 }))).toBe('option');
    expect(code(() => pixelScores({ bits: 25 }))).toBe('option');
  });

  it('are nearer the exact value the more bits they have', () => {
    const scores = normals(20_000, 3).map((z, i) => z + (i % 2));
    const labels = scores.map((_, i) => i % 2);
    for (const [bits, most] of [
      [12, 4e-2],
      [16, 3e-3],
      [20, 2e-4],
    ] as const) {
      const pixels = pixelScores({ bits });
      pixels.update(scores, labels);
      for (const [[low, high], value, exact] of [
        [pixels.aurocBounds(), pixels.auroc(), auroc(scores, labels)],
        [pixels.averagePrecisionBounds(), pixels.averagePrecision(), averagePrecision(scores, labels)],
      ] as const) {
        expect(high - low).toBeLessThan(most);
        expect(Math.abs(value - exact)).toBeLessThan(most / 4); // errors within a level mostly cancel
        expect([low <= exact, exact <= high]).toEqual([true, true]);
      }
    }
  });

  it('tie what lies beyond float32, and take nothing of a bad batch', () => {
    const pixels = pixelScores({ bits: 10 });
    expect(code(() => pixels.update([1, Number.NaN], [0, 1]))).toBe('not-finite');
    expect(pixels.length).toBe(0);
    pixels.update([1e200, 1e300, -1e200], [1, 0, 0]);
    expect(pixels.auroc()).toBe(0.75);
    expect(pixels.aurocBounds()).toEqual([0.5, 1]);
  });
});

describe('reliability bins', () => {
  it('hold their upper end, as in Guo et al.', () => {
    const counts = (probabilities: number[]) =>
      reliabilityBins(
        probabilities,
        probabilities.map(() => 1),
        { bins: 4 },
      ).map(({ count }) => count);
    expect(counts([0, 0.25, 0.5, 0.75, 1])).toEqual([2, 1, 1, 1]);
    expect(counts([0.26])).toEqual([0, 1, 0, 0]);
  });

  it('of equal mass hold equally many', () => {
    const probabilities = Array.from({ length: 30 }, (_, i) => (i / 30) ** 3);
    const bins = reliabilityBins(
      probabilities,
      probabilities.map((_, i) => i % 2),
      { bins: 6, binning: 'mass' },
    );
    expect(bins.map(({ count }) => count)).toEqual([5, 5, 5, 5, 5, 5]);
  });
});

describe('a threshold', () => {
  it('lies between the scores it separates', () => {
    expect(chooseThreshold([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1])).toBeCloseTo(0.5, 12);
    expect(code(() => chooseThreshold([0, 1], [0, 1], { sensitivity: 0 }))).toBe('option');
  });

  it('separates neighbouring numbers, and the largest ones', () => {
    const above = 1 + Number.EPSILON;
    expect(chooseThreshold([1, above], [0, 1])).toBe(above);
    expect(chooseThreshold([-Number.MAX_VALUE, Number.MAX_VALUE], [0, 1])).toBe(0);
  });

  it('calls nothing positive where that is most accurate', () => {
    const [scores, labels] = [
      [0.9, 0.8, 0.7, 0.1],
      [0, 0, 0, 1],
    ];
    expect(confusion(scores, labels, chooseThreshold(scores, labels, 'accuracy'))).toMatchObject({
      tp: 0,
      fp: 0,
    });
    const negative = [-1, -2, -3];
    const threshold = chooseThreshold(negative, [0, 0, 1], 'accuracy');
    expect(threshold).toBeGreaterThan(-1);
    expect(threshold).toBeLessThan(-0.99);
  });
});

describe('thin', () => {
  it('keeps both ends', () => {
    const points = Array.from({ length: 1000 }, (_, i) => i);
    const few = thin(points, 50);
    expect(few).toHaveLength(50);
    expect([few[0], few.at(-1)]).toEqual([0, 999]);
    expect(thin([1, 2], 50)).toEqual([1, 2]);
  });
});
