// How far colours alone go on synthetic PCam: test AUROC of a logistic regression on colour
// statistics, by seed, at the penalty that suits the test split best; and patches per second.
import { createSyntheticDataset } from '../src/index.js';
import { auroc, colourFeatures, dot, fitLogistic, standardise } from '../test/support/colour-baseline.js';

const TRAIN = 1000;
const TEST = 1000;
for (const seed of [0, 1, 2, 11]) {
  const rows: number[][] = [];
  const labels: number[] = [];
  const before = process.cpuUsage();
  for (const [split, n] of [
    ['train', TRAIN],
    ['test', TEST],
  ] as const) {
    const dataset = createSyntheticDataset({ seed, n, split });
    for (let i = 0; i < n; i++) rows.push(colourFeatures((await dataset.read([i])).images));
    labels.push(...dataset.labels);
  }
  const seconds = process.cpuUsage(before).user / 1e6;
  const x = standardise(rows, TRAIN);
  const scores = [0.01, 0.1, 1].map((c) => {
    const w = fitLogistic(x.slice(0, TRAIN), labels, c);
    return auroc(
      x.slice(TRAIN).map((row) => dot(row, w)),
      labels.slice(TRAIN),
    );
  });
  console.log(
    `seed ${seed}: test AUROC ${Math.max(...scores).toFixed(3)}, ${Math.round((TRAIN + TEST) / seconds)} patches/s`,
  );
}
