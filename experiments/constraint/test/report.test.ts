import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderSvg } from '@pcam/figures';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type NetworkResult, setKey } from '../src/experiment.js';
import { differencesOf, differenceTable } from '../src/report/differences.js';
import { gainsFigure } from '../src/report/figure.js';
import { domainOf, spread } from '../src/report/labels.js';
import { rowsOf, sectionsOf } from '../src/report/rows.js';
import { bySetup } from '../src/report/setups.js';
import { shortcutTables } from '../src/report/shortcut-table.js';
import { median, summarize, summarizeScored } from '../src/report/statistics.js';
import { alignmentTable, moreTable, scoreTable } from '../src/report/tables.js';
import { writeReports } from '../src/report/write.js';
import { openResults } from '../src/results.js';
import type { ShortcutResult } from '../src/shortcut.js';
import { alignment, network, record, setScores } from './results.js';

const both = (mosaic: number[], real: number[], painted?: number) => ({
  mosaic: setScores(mosaic, painted),
  real: setScores(real),
});
/** Two seeds; of the second, the U-Net is not trained. */
const results = [
  network('unet', 0, null, both([1, 1], [0.9, 0.9, 0.9])),
  network('segmentation', 1, 0.93, both([0.9, 0.8], [0.7, 0.6, 0.5])),
  network('segmentation', 0, 0.95, both([0.9, 0.7], [0.8, 0.6, 0.7], 0.7)),
  network('composed', 0, 0.94, both([0.8, 0.6], [0.7, 0.5, 0.6], 0.6)),
  network('composed', 1, 0.94, both([0.7, 0.6], [0.5, 0.4, 0.3])),
  network('plain', 0, 0.9, { mosaic: setScores([0.5, 0.5]) }),
];
const records = new Map([
  [setKey('pcam-real', 'mosaic'), record(['0', '1'])],
  [setKey('pcam-real', 'real'), record(['a', 'a', 'b'])],
]);
const keyed = (list: readonly NetworkResult[]) =>
  new Map(list.map((one, i) => [`${i}, seed 0, ${one.data}, ${one.epochs} epochs`, one]));
const [section] = sectionsOf(keyed(results), records);

/** Cells of a Markdown table's rows but the second column, by their first. */
function cellsOf(table: string): Record<string, string[]> {
  const rows = table
    .split('\n')
    .slice(2)
    .map((line) => line.slice(2, -2).split(' | '));
  return Object.fromEntries(rows.map(([setting, , ...rest]) => [setting, rest]));
}

describe('scores', () => {
  const cells = cellsOf(scoreTable(section!));

  test('a row a setting, in their order; the mean over seeds with the lowest and the highest', () => {
    expect(Object.keys(cells)).toEqual([
      'plain',
      'composed',
      'segmentation',
      'unet',
      'its logit painted all over',
      'all ones',
    ]);
    expect(cells.segmentation!.slice(0, 5)).toEqual([
      '2',
      '**0.940** [0.910, 0.980]<br>0.930 to 0.950',
      '**0.940** [0.910, 0.980]<br>0.930 to 0.950',
      '**0.825** (0.800 to 0.850)',
      '**0.925** (0.900 to 0.950)',
    ]);
  });

  test('a U-Net does not compete, and what was not measured is a dash', () => {
    expect(cells.unet!.slice(1, 4)).toEqual(['–', '–', '1.000']);
    expect(cells.plain!.slice(1)).toEqual([
      '0.900 [0.870, 0.940]',
      '0.900 [0.870, 0.940]',
      '0.500',
      '0.600',
      '0.500',
      '–',
      '–',
      '–',
    ]);
  });

  test('what knows no place stands below', () => {
    const [, , , within, pooled] = cells['its logit painted all over']!;
    // Segmentation's 0.7 and 0.5 are the best in the mean.
    expect([within, pooled]).toEqual(['0.300', '0.600 (0.500 to 0.700)']);
    expect(cells['all ones']!.slice(3, 6)).toEqual(['0.300', '0.200', '–']);
  });

  test('the rest', () => {
    const heading = moreTable(section!).split('\n')[0];
    expect(heading).toContain('mosaic: AUROC within patches | mosaic: AUROC, pixels pooled');
    expect(cellsOf(moreTable(section!)).composed!.slice(4)).toEqual([
      '**0.600** (0.600 to 0.600)',
      '50 % (50 % to 50 %)',
      '0.500 (0.400 to 0.600)',
      '0.600 (0.500 to 0.700)',
      '0.600 (0.500 to 0.700)',
      '**0.600** (0.600 to 0.600)',
      '50 % (50 % to 50 %)',
      '10',
    ]);
  });
});

describe('alignment', () => {
  const [plain, unmeasured] = [network('plain', 0, 0.9, {}), network('unet', 0, null, {})];

  test('in the mean over the seeds that tell; a row where any does', () => {
    const other = { ...alignment, spot: null, best: { origin: 2.56, correlation: 0.97 } };
    const results = [{ ...plain, alignment }, { ...plain, seed: 1, alignment: other }, unmeasured];
    const [, , ...rows] = alignmentTable({ name: '', results, sets: {} }).split('\n');
    expect(rows).toEqual([
      '| plain | 2 | 8 | 3.5 | 2.3 (2.1 to 2.6) | 0.960 (0.950 to 0.970) | 0.900 (0.900 to 0.900) | 0.800 (0.800 to 0.800) | +1.4 (+1.4 to +1.4, 1 of 2 seeds) | −1.6 (−1.6 to −1.6, 1 of 2 seeds) |',
    ]);
  });

  test('no table of results that came before it was measured', () => {
    expect(alignmentTable({ name: '', results: [plain, unmeasured], sets: {} })).toBe('');
  });
});

describe('gains', () => {
  test('are paired by seed and patch, sets alike, against the same data unconstrained', () => {
    const [gain, ...others] = differencesOf(section!);
    expect(others).toEqual([]);
    expect(gain).toMatchObject({ setting: 'segmentation', against: 'composed', seeds: 2 });
    const near = (value: number) => expect.closeTo(value, 12);
    expect(gain!.auroc!.range).toEqual([near(-0.01), near(0.01)]);
    // Mosaic: (0.1 + 0.1 + 0.2 + 0.2) / 4; real: (3 · 0.1 + 3 · 0.2) / 6.
    expect(gain!.each.mosaic!.difference).toBeCloseTo(0.15, 12);
    expect(gain!.together!.difference).toBeCloseTo(0.15, 12);
    expect(gain!.together!.ci95![0]).toBeGreaterThan(0);
    // Seed 0: mosaic 0.7 and real 0.6 of the way to 1 and 0.9.
    expect(gain!.closed).toEqual({
      mean: near((0.75 - 0.65) / (0.95 - 0.65)),
      range: [expect.anything(), expect.anything()],
      count: 1,
    });
  });

  test('or against another one, on the sets and in the seeds that both have', () => {
    const found = differencesOf(section!, 'plain');
    expect(found.map(({ setting, seeds }) => [setting, seeds])).toEqual([
      ['composed', 1],
      ['segmentation', 1],
      ['unet', 1],
    ]);
    expect(Object.keys(found[1]!.each)).toEqual(['mosaic']);
    expect(found[1]!.together!.difference).toBeCloseTo(0.3, 12);
  });

  test('in a table', () => {
    const [row] = differenceTable(differencesOf(section!), ['mosaic', 'real']).split('\n').slice(2);
    expect(row).toMatch(
      /^\| segmentation \| composed \| 2 \| \+0\.000 \(−0\.010 to \+0\.010\) \| \+0\.150 \[\+0\.1\d\d, \+0\.\d{3}\] \|.*\| 33 % \(33 % to 33 %, 1 of 2 seeds\) \|$/,
    );
  });

  test('in a figure, whose labels never stand on one another', async () => {
    const svg = await renderSvg(gainsFigure(differencesOf(section!, 'plain')));
    for (const text of ['>composed<', '>segmentation<']) expect(svg).toContain(text);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    expect(await renderSvg(gainsFigure([]))).not.toMatch(/NaN/);
    const heights = spread([0.98, 0.5, 0.97, 0.5], 0.1, [0, 1]);
    expect(heights).toEqual([1, 0.5, 0.9, 0.6].map((value) => expect.closeTo(value, 12)));
    expect([domainOf([]), domainOf([0.5]), domainOf([0, 1])]).toEqual([
      [0, 1],
      [0.495, 0.505],
      [-0.06, 1.06],
    ]);
  });
});

test('networks of other data or epochs are told apart; a set that is not there is refused', () => {
  const other = { ...results[0]!, epochs: 5 };
  expect(sectionsOf(keyed([...results, other]), records).map(({ results: own }) => own.length)).toEqual([
    6, 1,
  ]);
  expect(Object.keys(sectionsOf(keyed(results), records, ['real'])[0]!.sets)).toEqual(['real']);
  expect(() => sectionsOf(keyed(results), records, ['reel'])).toThrow(
    '--sets: no network of pcam-real was measured on reel; there is mosaic, real',
  );
  expect(
    rowsOf([
      { setting: 'gone', seed: 0 },
      { setting: 'plain', seed: 0 },
    ])[0]!.setting,
  ).toBe('plain');
});

test('results of any kind come by what follows their seed', () => {
  const all = new Map([
    ['penMark, plain, seed 0, 64 px', 1],
    ['plain, seed 10, 20 epochs, fcn', 2],
    ['blur, labels, seed 0, 64 px', 3],
  ]);
  expect([...bySetup(all)]).toEqual([
    ['64 px', [1, 3]],
    ['20 epochs, fcn', [2]],
  ]);
});

test('summaries: what is missing or no number does not count; an interval where every seed has one', () => {
  expect(summarize([0.25, null, 0.75, Number.NaN, undefined])).toEqual({
    mean: 0.5,
    range: [0.25, 0.75],
    count: 2,
  });
  expect(summarize([null])).toBeNull();
  const scored = (value: number, ci95: [number, number] | null) => ({ value, ci95 });
  expect(summarizeScored([scored(1, [0, 2]), undefined, scored(3, [2, 6])])!.ci95).toEqual([1, 4]);
  expect(summarizeScored([scored(1, [0, 2]), scored(3, null)])!.ci95).toBeNull();
  expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5]);
});

test('shortcuts: an artefact after the other, the least attribution on it in bold', () => {
  const one = (rest: Partial<ShortcutResult>): ShortcutResult => ({
    setting: 'plain',
    seed: 0,
    data: 'pcam-real',
    epochs: 30,
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
    one({ setting: 'segmentation', aurocMatched: 0.7, artefactMass: 0.1 }),
  ]);
  const [, pen, , blur] = text.split('\n\n');
  expect(text).toMatch(/^### Shortcut: pen mark[\s\S]*### Shortcut: blur/);
  expect(cellsOf(pen!)).toEqual({
    plain: ['**0.300** (0.200 to 0.400)', '**0.800** (0.800 to 0.800)', '70 % (60 % to 80 %)'],
    segmentation: ['0.200', '0.700', '**10 %**'],
  });
  expect(cellsOf(blur!).plain!.at(-1)).toBe('–');
});

describe('files', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pcam-report-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('are written from results alone; without any there are none', async () => {
    expect(await writeReports(folder)).toEqual([]);
    for (const [key, value] of records) openResults(folder, 'sets').add(key, value);
    for (const [key, result] of keyed(results)) openResults(folder, 'networks').add(key, result);
    expect(await writeReports(folder)).toEqual([join(folder, 'gains.svg'), join(folder, 'networks.md')]);
    const report = readFileSync(join(folder, 'networks.md'), 'utf8');
    expect(report).toContain('real: 3 partly tumorous of 6 patches, in 2 groups');
    expect(report).toContain(scoreTable(section!));
    expect(report).not.toMatch(/NaN|undefined/);
  });
});
