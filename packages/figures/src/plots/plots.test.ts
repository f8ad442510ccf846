import { describe, expect, it } from 'vitest';
import { reliabilityPlot, scorePlot } from './calibration.js';
import { confusionPlot } from './confusion.js';
import { precisionRecallPlot, rocPlot } from './curves.js';
import { renderSvg } from './render.js';
import { aurocPlot, lossPlot } from './training.js';

const points = [
  { x: 0, y: 0 },
  { x: 0.25, y: 0.8 },
  { x: 1, y: 1 },
];
const rows = [
  { epoch: 1, trainLoss: 0.7, validLoss: 0.6, validAuroc: 0.7 },
  { epoch: 2, trainLoss: 0.5, validLoss: 0.55, validAuroc: 0.8 },
];

describe('plots are SVG documents with their numbers in them', () => {
  it.each([
    ['ROC', rocPlot(points, 0.8765, { x: 0.25, y: 0.8 }), ['ROC curve', '0.876']],
    [
      'precision–recall',
      precisionRecallPlot(points, 0.912, 0.4, { x: 0.5, y: 0.9 }),
      ['average precision 0.912', 'recall'],
    ],
    [
      'reliability',
      reliabilityPlot([{ confidence: 0.2, frequency: 0.3, count: 5 }], 0.1),
      ['calibration error 0.100'],
    ],
    ['scores', scorePlot([0.1, 1, 0.5], [0, 1, 1], 0.42), ['0.420', 'true label']],
    ['confusion', confusionPlot({ tp: 31, fp: 7, tn: 93, fn: 9 }), ['31', '77.5 %', '93.0 %']],
    ['confusion of one class', confusionPlot({ tp: 3, fp: 0, tn: 0, fn: 1 }), ['75.0 %', '–']],
    ['loss', lossPlot(rows), ['Loss by epoch', 'validation']],
    ['AUROC', aurocPlot(rows, 2), ['Validation AUROC']],
  ])('%s', async (_, spec, texts) => {
    const svg = await renderSvg(spec);
    expect(svg).toMatch(/^<svg[\s\S]*<\/svg>$/);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    for (const text of texts) expect(svg).toContain(text);
  });

  it('draw one line for each series', async () => {
    const svg = await renderSvg(lossPlot(rows));
    expect(svg.match(/aria-roledescription="line mark"/g)).toHaveLength(2);
  });
});
