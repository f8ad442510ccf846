import { describe, expect, test } from 'vitest';
import { INFERENCES } from '../src/maps.js';
import { comparisons } from '../src/report/comparison.js';
import { gapOf, gapTable } from '../src/report/gap.js';
import { rowsOf } from '../src/report/rows.js';
import { bySetup, setupsOf } from '../src/report/setups.js';
import { shortcutTables } from '../src/report/shortcut-table.js';
import { summarize, summarizeScored } from '../src/report/statistics.js';
import { costTable, maskTable, scoreTable } from '../src/report/table.js';
import type { ShortcutResult } from '../src/shortcut-result.js';
import type { CellResult } from '../src/synthetic.js';
import { network, scored, segmented } from './results.js';

const cam = (gradCam: number, gradCamAveraged: number) => ({
  gradCam: segmented(gradCam),
  gradCamAveraged: segmented(gradCamAveraged),
});
const unet = (value: number) => ({ unet: segmented(value, { dice: 0.95 }) });

/** Two seeds; of the second, the network with λ = 1 is not trained yet. */
const results: CellResult[] = [
  network('gradCam', 1, 0, { auroc: scored(0.85), maps: cam(0.7, 0.8), secondsPerEpoch: 30 }),
  network('masks', 0, 0, { maps: unet(0.9) }),
  network('none', 0, 0, { maps: cam(0.4, 0.5) }),
  network('gradCam', 0.3, 0, { auroc: scored(0.91), maps: cam(0.5, 0.6), secondsPerEpoch: 20 }),
  network('masks', 0, 1, { maps: unet(0.8) }),
  network('none', 0, 1, { auroc: scored(0.8), maps: cam(0.3, 0.6), secondsPerEpoch: 40 }),
  network('gradCam', 0.3, 1, { auroc: scored(0.82), maps: cam(0.55, 0.7), secondsPerEpoch: 60 }),
];

/** Cells of a Markdown table's rows, by their first two. */
function cellsOf(table: string): Record<string, string[]> {
  const rows = table
    .split('\n')
    .slice(2)
    .map((line) => line.slice(2, -2).split(' | '));
  return Object.fromEntries(rows.map(([training, lambda, ...rest]) => [`${training} ${lambda}`, rest]));
}

describe('summaries', () => {
  test('mean, range and the mean of bounds; what is missing or no number does not count', () => {
    expect(summarize([0.25, null, 0.75, Number.NaN, undefined])).toEqual({
      mean: 0.5,
      range: [0.25, 0.75],
      count: 2,
    });
    expect(summarize([null])).toBeNull();
    expect(summarizeScored([scored(1, [0, 2]), undefined, scored(3, [2, 6])])).toEqual({
      mean: 2,
      range: [1, 3],
      count: 2,
      ci95: [1, 4],
    });
    expect(summarizeScored([scored(1), scored(3, null)])!.ci95).toBeNull();
  });

  test('rows come by training and λ, masks last, whatever the order of results', () => {
    expect(rowsOf(results).map(({ training, lambda, cells }) => [training, lambda, cells.length])).toEqual([
      ['none', 0, 2],
      ['gradCam', 0.3, 2],
      ['gradCam', 1, 1],
      ['masks', 0, 2],
    ]);
  });
});

describe('scores', () => {
  /** The maps but Grad-CAM's two, and the U-Net's own output. */
  const leftOut = [...Object.keys(INFERENCES).slice(2), 'own output'];
  const cells = cellsOf(scoreTable(results, 0.1234));

  test('each cell is the mean over seeds with the mean interval and the range', () => {
    expect(cells['gradCam 0.3']!.slice(0, 4)).toEqual([
      '2',
      '**0.865** [0.845, 0.905]<br>0.820 to 0.910',
      '0.525 [0.505, 0.565]<br>0.500 to 0.550',
      '0.650 [0.630, 0.690]<br>0.600 to 0.700',
    ]);
  });

  test('the best of a column is bold; the U-Net does not compete, and what was not measured is a dash', () => {
    const bold = Object.entries(cells).map(([name, row]) => [name, row.map((cell) => cell.startsWith('**'))]);
    const mapsLeftOut = leftOut.map(() => false);
    expect(bold).toEqual([
      ['none –', [false, false, false, false, ...mapsLeftOut]],
      ['gradCam 0.3', [false, true, false, false, ...mapsLeftOut]],
      ['gradCam 1', [false, false, true, true, ...mapsLeftOut]],
      ['U-Net, from masks –', [false, false, false, false, ...mapsLeftOut]],
      ['all ones –', [false, false, false, false, ...mapsLeftOut]],
    ]);
    expect(cells['U-Net, from masks –']!.at(-1)).toBe('0.850 [0.830, 0.890]<br>0.800 to 0.900');
    expect(cells['all ones –']!.at(-1)).toBe('0.123');
    expect(cells['none –']!.slice(4)).toEqual(leftOut.map(() => '–'));
  });

  test('a cell with fewer seeds than its row says so', () => {
    const some = [...results.slice(0, 6), network('gradCam', 0.3, 1, { auroc: scored(0.82) })];
    expect(cellsOf(scoreTable(some, 0.1))['gradCam 0.3']![2]).toContain('0.500 to 0.500, 1 of 2 seeds');
  });
});

describe('the gap to full supervision', () => {
  const row = (training: string, lambda: number, of = results) =>
    gapOf(rowsOf(of).find((one) => one.training === training && one.lambda === lambda)!, of);

  test('is closed by the share of each seed by itself', () => {
    const { aurocChange, closed } = row('gradCam', 0.3);
    expect(aurocChange!.range).toEqual([0.01, 0.02].map((value) => expect.closeTo(value, 12)));
    // Seed 0: (0.5 − 0.4) / (0.9 − 0.4); seed 1: (0.55 − 0.3) / (0.8 − 0.3).
    expect(closed.gradCam.gradCam!.range).toEqual([0.2, 0.5].map((value) => expect.closeTo(value, 12)));
    expect(closed.gradCam.gradCam!.mean).toBeCloseTo(0.35, 12);
    // (0.6 − 0.5) / (0.9 − 0.5) and (0.7 − 0.6) / (0.8 − 0.6).
    expect(closed.gradCamAveraged.gradCamAveraged!.mean).toBeCloseTo((0.25 + 0.5) / 2, 12);
    expect(closed.gradCamAveraged.gradCam!.range[1]).toBeCloseTo(0, 12);
    expect(closed.gradCamAveraged.gradCam!.range[0]).toBeCloseTo(-0.25, 12);
  });

  test('is compared only in seeds that have both ends of it', () => {
    const noUnet = results.filter(({ training, seed }) => training !== 'masks' || seed === 1);
    expect(row('gradCam', 0.3, noUnet).closed.gradCam.gradCam).toMatchObject({ count: 1 });
    const lame = results.map((result) =>
      result.training === 'masks' && result.seed === 0 ? { ...result, maps: unet(0.4) } : result,
    );
    expect(row('gradCam', 0.3, lame).closed.gradCam.gradCam).toMatchObject({ count: 1 });
    const noPlain = results.filter(({ training }) => training !== 'none');
    expect(cellsOf(gapTable(noPlain))['gradCam 1']).toEqual(['1', '–', '–', '–', '–', '–']);
  });

  test('table', () => {
    const cells = cellsOf(gapTable(results));
    expect(cells['gradCam 1']!.slice(0, 3)).toEqual(['1', '−0.050', '**60 %**']);
    expect(cells['none –']!.slice(1, 3)).toEqual(['+0.000 (+0.000 to +0.000)', '0 % (0 % to 0 %)']);
  });
});

test('masks: of the averaged Grad-CAM, the U-Net from its output, and everything called tumour', () => {
  const cut = results.map((result) =>
    result.training === 'gradCam' && result.lambda === 1
      ? { ...result, maps: { gradCamAveraged: segmented(0.8, { dice: 0.75 }) } }
      : result,
  );
  const cells = cellsOf(maskTable(cut, 'otsu', 0.25));
  expect(cells['gradCam 1']![1]).toBe('**0.750**');
  expect(cells['U-Net, from masks –']![1]).toBe('0.950 (0.950 to 0.950)');
  // Dice 2p / (1 + p), IoU p.
  expect(cells['all ones –']).toEqual(['–', '0.400', '0.250', '0.000']);
  expect(cellsOf(maskTable(cut, 'bestF1', 0.25))['gradCam 1']![1]).toBe('**0.600**');
});

test('cost: the median of ratios within a seed', () => {
  const more = [...results, network('none', 0, 2), network('gradCam', 0.3, 2, { secondsPerEpoch: 50 })];
  const cells = cellsOf(costTable(more));
  expect(cells['none –']).toEqual(['3', '1.00× (1.00× to 1.00×)']);
  expect(cells['gradCam 0.3']).toEqual(['3', '2.00× (1.50× to 5.00×)']);
});

test('networks of different patches are told apart, and a key that is none is refused', () => {
  const [first, second] = results as [CellResult, CellResult];
  const setups = setupsOf(
    new Map([
      ['gradCam, lambda 1, seed 0, 64 px', first],
      ['masks, lambda 0, seed 0, 96 px', second],
    ]),
  );
  expect(setups).toEqual([
    { name: '64 px', results: [first] },
    { name: '96 px', results: [second] },
  ]);
  expect(() => setupsOf(new Map([['gradCam', first]]))).toThrow(/key "gradCam" does not begin with/);
});

test('results of any kind come by what follows their seed', () => {
  const all = new Map([
    ['penMark, none, lambda 0, seed 0, 64 px', 1],
    ['none, lambda 0, seed 10, 20 epochs, fcn', 2],
    ['blur, gradCam, lambda 1, seed 0, 64 px', 3],
  ]);
  expect([...bySetup(all)]).toEqual([
    ['64 px', [1, 3]],
    ['20 epochs, fcn', [2]],
  ]);
});

test('shortcuts: an artefact after the other, the least attribution on it in bold', () => {
  const one = (rest: Partial<ShortcutResult>): ShortcutResult => ({
    training: 'none',
    lambda: 0,
    seed: 0,
    artefact: 'penMark',
    aurocShifted: 0.2,
    aurocMatched: 0.8,
    artefactArea: 0.1,
    artefactMass: 0.6,
    ...rest,
  });
  const text = shortcutTables([
    one({ artefact: 'blur', artefactMass: null }),
    one({}),
    one({ seed: 1, aurocShifted: 0.4, artefactMass: 0.8 }),
    one({ training: 'inputGradient', lambda: 1, aurocMatched: 0.7, artefactMass: 0.1 }),
  ]);
  const [, pen, , blur] = text.split('\n\n');
  expect(text).toMatch(/^### Shortcut: pen mark[\s\S]*### Shortcut: blur/);
  expect(cellsOf(pen!)).toEqual({
    'none –': ['2', '**0.300** (0.200 to 0.400)', '**0.800** (0.800 to 0.800)', '70 % (60 % to 80 %)'],
    'inputGradient 1': ['1', '0.200', '0.700', '**10 %**'],
  });
  expect(cellsOf(blur!)['none –']!.at(-1)).toBe('–');
});

describe('all classifiers in one table', () => {
  const data = '64 px, 32/16/16 patches, 1 epochs';
  const keyed = (result: CellResult, variant = ''): [string, CellResult] => [
    `${result.training}, lambda ${result.lambda}, seed ${result.seed}, ${data}${variant}`,
    result,
  ];
  const all = new Map([
    keyed(network('masks', 0, 0, { maps: unet(0.9) })),
    keyed(network('none', 0, 0, { maps: cam(0.4, 0.5) })),
    keyed(network('gradCam', 1, 0, { auroc: scored(0.88), maps: cam(0.6, 0.7) }), ', region tumorFree'),
    keyed(network('none', 0, 0, { maps: cam(0.5, 0.6) }), ', fcn'),
    keyed(network('pseudoMasks', 1, 0, { auroc: scored(0.95), maps: cam(0.8, 0.82) }), ', fcn'),
  ]);

  test('each network stands once, against the unconstrained one of its kind', () => {
    const [compared, ...others] = comparisons(setupsOf(all));
    expect([compared!.data, others]).toEqual([data, []]);
    const rows = compared!.table
      .split('\n')
      .slice(2)
      .map((line) =>
        line
          .replaceAll('**', '')
          .replaceAll(/ \([^)]*\)/g, '')
          .slice(2, -2)
          .split(' | '),
      );
    expect(rows.map((row) => row.slice(0, 10))).toEqual([
      ['cnn-fine', 'none', '–', '1', '0.900', '+0.000', '0.400', '0.500', '0 %', '20 %'],
      [
        'cnn-fine, region tumorFree',
        'gradCam',
        '1',
        '1',
        '0.880',
        '−0.020',
        '0.600',
        '0.700',
        '40 %',
        '60 %',
      ],
      ['fcn', 'none', '–', '1', '0.900', '+0.000', '0.500', '0.600', '0 %', '25 %'],
      ['fcn', 'pseudoMasks', '1', '1', '0.950', '+0.050', '0.800', '0.820', '75 %', '80 %'],
    ]);
  });

  test('there is none of a single setup', () => {
    expect(comparisons(setupsOf(new Map([...all].slice(0, 2))))).toEqual([]);
  });
});
