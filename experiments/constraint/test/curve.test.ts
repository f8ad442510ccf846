import { renderSvg } from '@pcam/figures';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { tradeoffCurve } from '../src/report/curve.js';
import { curvePoints, domainOf, spread } from '../src/report/curve-points.js';
import { network, scored, segmented } from './results.js';

const at = (auroc: number, pixelAp: number) => ({
  auroc: scored(auroc),
  maps: { gradCam: segmented(pixelAp) },
});
const results = [
  network('none', 0, 0, at(0.9, 0.4)),
  network('none', 0, 1, at(0.94, 0.5)),
  network('inputGradient', 0.3, 0, at(0.91, 0.6)),
  network('inputGradient', 1, 0, at(0.89, 0.7)),
  network('inputGradient', 1, 1, at(0.94, 0.6)),
  network('inputGradient', 1, 2, at(0.99, 0.9)),
  network('gradCam', 1, 0, at(0.85, 0.8)),
  network('gradCam', 1, 1, { auroc: scored(0.8) }),
  network('masks', 0, 0, { maps: { unet: segmented(0.9123) } }),
];

test('points: gains over the unconstrained network of the same seed, in the mean; the U-Net is the ceiling', () => {
  const near = (value: number) => expect.closeTo(value, 12);
  const { means, seeds, ceiling } = curvePoints(results);
  expect(means).toEqual([
    { training: 'none', lambda: 0, auroc: 0, pixelAp: 0 },
    { training: 'inputGradient', lambda: 0.3, auroc: near(0.01), pixelAp: near(0.2) },
    { training: 'inputGradient', lambda: 1, auroc: near(-0.005), pixelAp: near(0.2) }, // the third seed has no counterpart
    { training: 'gradCam', lambda: 1, auroc: near(-0.05), pixelAp: near(0.4) },
  ]);
  expect(seeds).toHaveLength(4);
  expect(ceiling).toBeCloseTo(0.5123, 12);
});

test('labels stand at their points, but never on one another nor outside', () => {
  expect(spread([0.5, 0.2, 0.8], 0.1, [0, 1])).toEqual([0.5, 0.2, 0.8]);
  const heights = spread([0.98, 0.5, 0.97, 0.5], 0.1, [0, 1]);
  expect(heights).toEqual([1, 0.5, 0.9, 0.6].map((value) => expect.closeTo(value, 12)));
  expect(domainOf([])).toEqual([0, 1]);
  expect(domainOf([0.5])).toEqual([0.495, 0.505]);
});

test('the SVG has a line and a name for each attribution, the unconstrained and the ceiling', async () => {
  const svg = await renderSvg(tradeoffCurve(results));
  expect(svg).toMatch(/^<svg[\s\S]*<\/svg>$/);
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  expect(svg.match(/aria-roledescription="line mark"/g)).toHaveLength(2);
  for (const text of ['>inputGradient<', '>gradCam<', '>unconstrained<', 'U-Net, from masks: +0.512']) {
    expect(svg).toContain(text);
  }
  const { width, height } = await sharp(Buffer.from(svg)).metadata();
  expect(Math.min(width, height)).toBeGreaterThan(400);
});

test('without a U-Net or any classifier there is still a plot', async () => {
  expect(await renderSvg(tradeoffCurve(results.slice(0, 3)))).not.toMatch(/U-Net, from|NaN/);
  expect(await renderSvg(tradeoffCurve(results.slice(-1)))).not.toMatch(/U-Net, from|NaN/);
});
