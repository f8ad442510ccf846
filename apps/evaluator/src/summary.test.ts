import { baselines, estimate, PIXEL_MEASURES } from '@pcam/evaluation';
import { evaluateBinary } from '@pcam/metrics';
import { expect, it } from 'vitest';
import { summaryLines } from './summary.js';

/** Two patches of 2×2, `truth` their pixels. */
function lines(truth: readonly (readonly number[])[]): string[] {
  const beside = baselines(2, 2, { logits: [1, -1], called: [1, 0] });
  for (const mask of truth) beside.update(Uint8Array.from(mask));
  const of = (name: 'painted' | 'allOnes' | 'random' | 'centrePrior') => ({ of: beside[name]! });
  const { painted, ...others } = estimate(
    { painted: of('painted'), allOnes: of('allOnes'), random: of('random'), centrePrior: of('centrePrior') },
    2,
    false,
  );
  return summaryLines({
    metrics: { ...evaluateBinary({ logits: [1, -1], labels: [1, 0], bootstrap: false }) } as never,
    segmentation: {
      estimates: { model: painted, painted, ...others },
      thresholds: { plain: 0, plainSource: 'given by hand' },
      ...{ method: 'Grad-CAM', predictedShare: 0.5, partlyTumorous: 0 },
    },
  }).filter((line) => PIXEL_MEASURES.some(({ short }) => line.startsWith(short)));
}

it('tells maps within patches first, beside what tells nothing of place', () => {
  const [first, second, third] = lines([
    [1, 0, 0, 0],
    [0, 0, 0, 0],
  ]);
  expect(first).toBe('AP within patches    0.250  (painted 0.250, all ones 0.250, centre prior 0.250)');
  expect(second).toMatch(/^AUROC within patches 0\.500/);
  expect(third).toBe('pixel AP             0.250  (painted 0.250, all ones 0.125, centre prior 0.125)');
});

it('says why a measure is undefined', () => {
  const [first, , third] = lines([
    [1, 1, 1, 1],
    [0, 0, 0, 0],
  ]);
  expect(first).toBe(
    'AP within patches    undefined (without a partly tumorous patch)  (painted undefined, all ones undefined, centre prior undefined)',
  );
  expect(third).toMatch(/^pixel AP {13}1\.000 {2}\(painted 1\.000, all ones 0\.500/);
});
