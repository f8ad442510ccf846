import { expect, it } from 'vitest';
import { createSyntheticDataset } from '../src/index.js';
import { auroc, colourFeatures, dot, fitLogistic, standardise } from './support/colour-baseline.js';

async function features(split: string, n: number): Promise<{ x: number[][]; y: Uint8Array }> {
  const dataset = createSyntheticDataset({ seed: 11, n, split });
  const x: number[][] = [];
  for (let i = 0; i < n; i++) x.push(colourFeatures((await dataset.read([i])).images));
  return { x, y: dataset.labels };
}

it('cannot be solved by colours: logistic regression on their statistics stays under 0.80 AUROC on unseen slides', async () => {
  const train = await features('train', 1000);
  const test = await features('test', 600);
  const rows = standardise([...train.x, ...test.x], 1000);
  const scores = [0.01, 0.1, 1].map((c) => {
    const w = fitLogistic(rows.slice(0, 1000), train.y, c);
    const score = rows.map((row) => dot(row, w));
    return { train: auroc(score.slice(0, 1000), train.y), test: auroc(score.slice(1000), test.y) };
  });
  // The baseline gets its best penalty by the test split itself, and has learnt something.
  expect(Math.min(...scores.map((s) => s.train))).toBeGreaterThan(0.65);
  expect(Math.max(...scores.map((s) => s.test))).toBeGreaterThan(0.6);
  expect(Math.max(...scores.map((s) => s.test))).toBeLessThan(0.8);
}, 120_000);

it('has a baseline that would find colours that tell: labels by mean green are learnt', async () => {
  const { x } = await features('train', 200);
  const green = x.map((row) => row[38] as number);
  const median = [...green].sort((a, b) => a - b)[100] as number;
  const y = green.map((value) => (value > median ? 1 : 0));
  const rows = standardise(x, 100);
  const w = fitLogistic(rows.slice(0, 100), y, 0.1);
  expect(
    auroc(
      rows.slice(100).map((row) => dot(row, w)),
      y.slice(100),
    ),
  ).toBeGreaterThan(0.97);
});
