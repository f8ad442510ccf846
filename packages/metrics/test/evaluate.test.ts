import { describe, expect, it } from 'vitest';
import { binaryMetrics, compareBinary, evaluateBinary, logit, MetricError, sigmoid } from '../src/index.js';
import { normals } from './normals.js';

/** Two normal distributions `gap` apart: AUROC is Φ(gap / √2). */
function twoNormals(n: number, gap: number, seed: number): { logits: number[]; labels: number[] } {
  const labels = Array.from({ length: n }, (_, i) => i % 2);
  return { logits: normals(n, seed).map((z, i) => z + gap * labels[i]!), labels };
}

/** Standard error of the AUROC by DeLong, DeLong & Clarke-Pearson (1988), straight from its definition. */
function deLong(logits: readonly number[], labels: readonly number[]): { auroc: number; se: number } {
  const [positives, negatives] = [1, 0].map((label) => logits.filter((_, i) => labels[i] === label));
  const wins = (a: number, b: number) => (a > b ? 1 : a === b ? 0.5 : 0);
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const variance = (values: readonly number[]) =>
    values.reduce((sum, v) => sum + (v - mean(values)) ** 2, 0) / (values.length - 1) / values.length;
  const byPositive = positives!.map((p) => mean(negatives!.map((n) => wins(p, n))));
  const byNegative = negatives!.map((n) => mean(positives!.map((p) => wins(p, n))));
  return { auroc: mean(byPositive), se: Math.sqrt(variance(byPositive) + variance(byNegative)) };
}

describe('evaluateBinary', () => {
  it.each([false, true])("gives AUROC's interval as DeLong does (stratified: %s)", (stratified) => {
    const { logits, labels } = twoNormals(600, 1.2, 4);
    const { auroc, se } = deLong(logits, labels);
    const result = evaluateBinary({ logits, labels, bootstrap: { resamples: 3000, stratified } });
    expect(result.auroc).toBeCloseTo(auroc, 12);
    expect(result.aurocCi95![0]).toBeCloseTo(auroc - 1.96 * se, 2);
    expect(result.aurocCi95![1]).toBeCloseTo(auroc + 1.96 * se, 2);
  });

  it('covers the true AUROC about 95 times in 100', () => {
    const truth = 0.7602499; // Φ(1 / √2)
    let covered = 0;
    for (let trial = 1; trial <= 150; trial++) {
      const { aurocCi95 } = evaluateBinary({
        ...twoNormals(120, 1, trial),
        bootstrap: { resamples: 200, seed: trial },
      });
      if (aurocCi95![0] <= truth && truth <= aurocCi95![1]) covered++;
    }
    expect(covered).toBeGreaterThanOrEqual(132);
    expect(covered).toBeLessThan(150);
  });

  it('takes probabilities for what their logits are', () => {
    const { logits, labels } = twoNormals(100, 1, 9);
    const ofLogits = evaluateBinary({ logits, labels, temperature: 1.7, bias: 0.2 });
    const probabilities = logits.map(sigmoid);
    const ofProbabilities = evaluateBinary({ probabilities, labels, temperature: 1.7, bias: 0.2 });
    for (const key of ['auroc', 'ece', 'brier', 'logLoss'] as const)
      expect(ofProbabilities[key]).toBeCloseTo(ofLogits[key]!, 12);
    expect(ofProbabilities.confusion).toEqual(ofLogits.confusion);
    expect(logit(sigmoid(3))).toBeCloseTo(3, 12);
  });

  it('keeps log loss finite for probabilities of 0 and 1', () => {
    const { logLoss } = evaluateBinary({ probabilities: [0, 1], labels: [1, 0], bootstrap: false });
    expect(logLoss).toBeCloseTo(52 * Math.log(2), 9);
  });

  it('draws whole slides where it is told of them, in either place', () => {
    const { logits, labels } = twoNormals(200, 1, 2);
    const groups = labels.map((_, i) => `slide ${i >> 4}`);
    const of = (options: object) => evaluateBinary({ logits, labels, ...options }).accuracyCi95;
    expect(of({ groups })).toEqual(of({ bootstrap: { groups } }));
    expect(of({ groups })).not.toEqual(of({}));
    expect(() => of({ groups, bootstrap: { stratified: true } })).toThrow(/lies in two strata/);
  });

  it('has null intervals without a bootstrap, and is plain JSON', () => {
    const result = evaluateBinary({ logits: [1, -1], labels: [1, 0], bootstrap: false });
    expect(result).toMatchObject({ n: 2, positives: 1, auroc: 1, aurocCi95: null, logLossCi95: null });
    expect(result.confusion).toEqual({ tp: 1, fp: 0, tn: 1, fn: 0 });
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });

  it('refuses to guess what to measure', () => {
    expect(() => evaluateBinary({ labels: [1] } as never)).toThrow(MetricError);
  });
});

describe('compareBinary', () => {
  const { logits, labels } = twoNormals(400, 1, 6);
  const noise = normals(400, 7);

  it('finds no difference between a model and itself', () => {
    const same = { scores: logits };
    const { difference, differenceCi95 } = compareBinary({ a: same, b: same, labels });
    expect(difference.auroc).toBe(0);
    expect(differenceCi95.auroc).toEqual([0, 0]);
  });

  it('sees a small difference that two intervals apart would hide', () => {
    const worse = logits.map((z, i) => z + 0.6 * noise[i]!);
    const { difference, differenceCi95 } = compareBinary({
      a: { scores: logits },
      b: { scores: worse },
      labels,
    });
    expect(difference.auroc).toBeCloseTo(
      evaluateBinary({ logits, labels }).auroc! - evaluateBinary({ logits: worse, labels }).auroc!,
      12,
    );
    expect(differenceCi95.auroc![0]).toBeGreaterThan(0);
    const [low, high] = evaluateBinary({ logits, labels }).aurocCi95!;
    expect(differenceCi95.auroc![1] - differenceCi95.auroc![0]).toBeLessThan(high - low);
  });

  it('is null where one class alone leaves a statistic undefined', () => {
    const one = { scores: [1, 2] };
    const { difference, differenceCi95 } = compareBinary({ a: one, b: one, labels: [1, 1] });
    expect([difference.auroc, differenceCi95.auroc]).toEqual([null, null]);
  });
});

describe('binaryMetrics', () => {
  it('streamed and merged equals evaluated at once', () => {
    const { logits, labels } = twoNormals(90, 1, 8);
    const options = { threshold: 0.4, temperature: 1.3, binning: 'mass' as const, bins: 7 };
    const [first, rest] = [binaryMetrics(options), binaryMetrics(options)];
    first.update(logits.slice(0, 20), labels.slice(0, 20));
    for (let i = 20; i < 90; i += 7) rest.update(logits.slice(i, i + 7), labels.slice(i, i + 7));
    first.merge(rest);
    expect(first.length).toBe(90);
    expect(evaluateBinary({ logits, labels, ...options, bootstrap: false })).toMatchObject(first.compute());
  });

  it('refuses bad options and batches before it takes anything', () => {
    expect(() => binaryMetrics({ temperature: -1 })).toThrow(/temperature is -1/);
    const metrics = binaryMetrics({ input: 'probabilities' });
    expect(() => metrics.update([0.5, 1.5], [0, 1])).toThrow(/probability 1 is 1.5/);
    expect(metrics.length).toBe(0);
    expect(() => metrics.compute()).toThrow(/no prediction was given/);
  });
});
