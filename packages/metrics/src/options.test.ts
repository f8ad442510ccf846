import { describe, expect, it } from 'vitest';
import * as metrics from './index.js';

const scores = [2, -1, 0.5, -0.3];
const labels = [1, 0, 1, 0];
const data = { logits: scores, labels };
/** As plain JavaScript would call it. */
const any = metrics as unknown as Record<string, (...args: unknown[]) => unknown>;

describe('options that nobody reads are refused', () => {
  it.each<[string, () => unknown, string]>([
    ['binaryMetrics', () => any.binaryMetrics!({ tresh: 0.4 }), "'tresh'; did you mean 'threshold'?"],
    ['evaluateBinary', () => any.evaluateBinary!({ ...data, tresh: 1 }), "did you mean 'threshold'?"],
    ['its seed', () => any.evaluateBinary!({ ...data, seed: 1 }), 'give bootstrap: { seed }'],
    ['its bootstrap', () => any.evaluateBinary!({ ...data, bootstrap: { sed: 1 } }), "did you mean 'seed'?"],
    ['compareBinary', () => any.compareBinary!({ a: { scores }, b: { scores }, label: labels }), "'labels'?"],
    [
      'its models',
      () => any.compareBinary!({ a: { scores, tresh: 1 }, b: { scores }, labels }),
      'compareBinary: a',
    ],
    ['bootstrap', () => any.bootstrap!(3, () => [1], { resample: 9 }), "did you mean 'resamples'?"],
    ['reliabilityBins', () => any.reliabilityBins!([0.5], [1], { bin: 3 }), "did you mean 'bins'?"],
    ['expectedCalibrationError', () => any.expectedCalibrationError!([0.5], [1], { bin: 3 }), "'bins'?"],
    ['fitTemperature', () => any.fitTemperature!(scores, labels, { bais: true }), "did you mean 'bias'?"],
    ['pixelScores', () => any.pixelScores!({ bit: 12 }), "did you mean 'bits'?"],
    ['chooseThreshold', () => any.chooseThreshold!(scores, labels, { sensitvity: 1 }), "'sensitivity'?"],
  ])('%s', (_, call, message) => {
    expect(call).toThrow(metrics.MetricError);
    expect(call).toThrow(message);
  });

  it.each<[string, () => unknown, string]>([
    ['input', () => any.binaryMetrics!({ input: 'logit' }), "'logit'; did you mean 'logits'?"],
    ['binning', () => any.reliabilityBins!([0.5], [1], { binning: 'widht' }), "did you mean 'width'?"],
    ['a criterion', () => any.chooseThreshold!(scores, labels, 'Youden'), "did you mean 'youden'?"],
    ['two kinds of scores', () => any.evaluateBinary!({ ...data, probabilities: labels }), 'both logits and'],
  ])('so is %s that does not exist', (_, call, message) => expect(call).toThrow(message));
});

describe('what is of another kind is refused', () => {
  const counts = metrics.confusion(scores, labels);

  it.each(['accuracy', 'balancedAccuracy', 'sensitivity', 'specificity', 'precision', 'f1'])(
    '%s(scores, labels)',
    (name) => {
      expect(() => any[name]!(scores, labels)).toThrow(
        `${name} takes counts { tp, fp, tn, fn }, got an array; count first: ${name}(confusion(scores, labels, threshold))`,
      );
      expect(() => any[name]!({ ...counts, tp: Number.NaN })).toThrow(`${name}: tp is NaN`);
      expect(() => any[name]!(undefined)).toThrow('got undefined');
    },
  );

  it.each(['auroc', 'averagePrecision', 'rocCurve', 'logLoss', 'brier', 'confusion', 'fitTemperature'])(
    '%s(confusion(scores, labels))',
    (name) =>
      expect(() => any[name]!(counts)).toThrow('must be an array of numbers, got counts { tp, fp, tn, fn }'),
  );

  it.each<[string, () => unknown, string]>([
    ['texts of a CSV', () => any.auroc!(['0.5'], [1]), "score 0 is '0.5'; scores must be finite numbers"],
    ['big integers', () => any.auroc!([0.5], [1n]), 'label 0 is 1n; labels are 0 or 1'],
    ['NaN', () => any.auroc!([0.5, Number.NaN], [1, 0]), 'score 1 is NaN'],
    ['no labels', () => any.auroc!([0.5]), 'labels must be an array of numbers, got undefined'],
    ['masks that differ in size', () => any.dice!([1, 0], [1]), '2 predicted pixels and 1 true pixels'],
    ['scores in place of a mask', () => any.dice!([0.4], [1]), 'predicted pixel 0 is 0.4; masks are 0 or 1'],
    ['a threshold that is none', () => any.confusion!(scores, labels, Number.NaN), 'threshold is NaN'],
    ['many numbers for one', () => any.sigmoid!([1, 2]), 'sigmoid takes one number, got an array'],
    [
      'a statistic that is NaN',
      () => any.bootstrap!(2, () => [1, Number.NaN]),
      'statistic 1 is NaN in resample 0',
    ],
    ['a statistic alone', () => any.bootstrap!(2, () => 1), 'what statistic returns must be an array'],
    ['scores in place of their number', () => any.bootstrap!(scores, () => [1]), 'n is an array'],
  ])('%s', (_, call, message) => {
    expect(call).toThrow(metrics.MetricError);
    expect(call).toThrow(message);
  });
});

describe('intervals', () => {
  it.each([4, 20, 60])('of bounded statistics lie in [0, 1] and hold the ECE, n = %i', (n) => {
    const logits = Array.from({ length: n }, (_, i) => Math.sin(12.9 * i) * 2);
    const found = metrics.evaluateBinary({
      logits,
      labels: logits.map((z, i) => (i % 3 === 0 || z > 1 ? 1 : 0)),
      bootstrap: { resamples: 100 },
    });
    const { logLossCi95: _, ...bounded } = found;
    for (const [name, interval] of Object.entries(bounded)) {
      if (!name.endsWith('Ci95')) continue;
      const [low, high] = interval as metrics.Interval;
      expect(low, name).toBeGreaterThanOrEqual(0);
      expect(high, name).toBeLessThanOrEqual(1);
    }
    expect(found.eceCi95![0]).toBeLessThanOrEqual(found.ece);
    expect(found.eceCi95![1]).toBeGreaterThanOrEqual(found.ece);
  });
});
