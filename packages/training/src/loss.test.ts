import { readFileSync } from 'node:fs';
import { useEngine } from '@pcam/engine';
import { type Tensor1D, tensor1d, valueAndGrad } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { binaryCrossEntropy, classWeights } from './loss.js';

const { bce } = JSON.parse(
  readFileSync(new URL('../test/fixtures/optimizers.json', import.meta.url), 'utf8'),
) as {
  bce: {
    logits: number[];
    labels: number[];
    cases: { smoothing: number; weight: number; loss: number; gradient: number[] }[];
  };
};

describe.each(['cpu', 'wasm'] as const)('binary cross-entropy on %s', (engine) => {
  beforeAll(async () => void (await useEngine(engine)));

  test.each(bce.cases)('smoothing $smoothing, weight $weight, as PyTorch', (each) => {
    const labels = tensor1d(bce.labels);
    const weights = { negative: 1, positive: each.weight };
    const run = valueAndGrad((z) =>
      binaryCrossEntropy(z as Tensor1D, labels, { labelSmoothing: each.smoothing, weights }),
    );
    const { value, grad } = run(tensor1d(bce.logits));
    expect(value.dataSync()[0]! / each.loss).toBeCloseTo(1, 5);
    for (const [i, g] of [...grad.dataSync()].entries()) {
      expect(Math.abs(g - each.gradient[i]!)).toBeLessThan(1e-7);
    }
  });

  test('the tails keep their digits', () => {
    const loss = binaryCrossEntropy(tensor1d([-10]), tensor1d([0])).dataSync()[0]!;
    expect(loss / Math.log1p(Math.exp(-10))).toBeCloseTo(1, 2);
    expect(binaryCrossEntropy(tensor1d([100]), tensor1d([0])).dataSync()[0]).toBe(100);
    expect(binaryCrossEntropy(tensor1d([-100]), tensor1d([0])).dataSync()[0]).toBeLessThan(1e-40);
  });
});

test('balanced weights: each class weighs half, the mean weight is 1', () => {
  const labels = Uint8Array.of(0, 0, 0, 1);
  expect(classWeights(labels, 'balanced')).toEqual({ negative: 4 / 6, positive: 2 });
  expect(classWeights(labels, 3)).toEqual({ negative: 1, positive: 3 });
  expect(() => classWeights(Uint8Array.of(1, 1), 'balanced')).toThrow('0 negatives and 2 positives');
  expect(() => classWeights(labels, -1)).toThrow(
    "classWeight must be 'balanced' or a positive number, got -1",
  );
});
