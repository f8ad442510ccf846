import { renderSvg } from '@pcam/figures';
import { auroc, compareBinary, logLoss } from '@pcam/metrics';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { NETWORKS, networkNames } from '../src/networks.js';
import { aurocContrast, logLossContrast } from '../src/report/contrast.js';
import { learningCurve } from '../src/report/curve.js';
import { gainTable, logLossTable } from '../src/report/gains.js';
import { scoreTables, speedTable } from '../src/report/tables.js';
import { type CurveResult, labelsOf } from '../src/result.js';
import { madeUp, predictions } from './made-up.js';

const SEEDS = [0, 1, 2];
const kind = (network: CurveResult['network'], share: number, skill: number, seeds = SEEDS): CurveResult[] =>
  seeds.map((seed) =>
    madeUp(network, share, seed, predictions(skill, seed + 10 * networkNames.indexOf(network))),
  );

test('a gain in AUROC is the mean of seeds; its interval that of compareBinary where there is one seed', () => {
  const [a, b] = [kind('densenet-p4m', 10, 1), kind('densenet-z2', 10, 0.7)];
  const labels = labelsOf(a[0]!.test);
  const { value, seeds, ci95 } = aurocContrast([
    { sign: 1, networks: a },
    { sign: -1, networks: b },
  ]);
  const gains = SEEDS.map((s) => auroc(a[s]!.test.logits, labels) - auroc(b[s]!.test.logits, labels));
  expect(seeds).toEqual(gains.map((gain) => expect.closeTo(gain, 12)));
  expect(value).toBeCloseTo(gains.reduce((sum, gain) => sum + gain, 0) / 3, 12);
  expect(ci95![0]).toBeLessThan(value);
  expect(ci95![1]).toBeGreaterThan(value);

  const one = aurocContrast([
    { sign: 1, networks: a.slice(0, 1) },
    { sign: -1, networks: b.slice(0, 1) },
  ]);
  const { difference, differenceCi95 } = compareBinary({
    labels,
    a: { scores: a[0]!.test.logits },
    b: { scores: b[0]!.test.logits },
    bootstrap: { resamples: 4000, seed: 7 },
  });
  expect(one.value).toBeCloseTo(difference.auroc!, 12);
  expect(one.ci95).toEqual(differenceCi95.auroc!.map((bound) => expect.closeTo(bound, 1.7)));
});

test('tied scores count half, in AUROC as in gains', () => {
  const labels = '0110100110';
  const tied = madeUp('cnn', 10, 0, { labels, logits: [0, 1, 1, 1, 2, 0, 0, 2, 0, 1] });
  const even = madeUp('resnet', 10, 0, { labels, logits: new Array(10).fill(0) });
  const { value } = aurocContrast([
    { sign: 1, networks: [tied] },
    { sign: -1, networks: [even] },
  ]);
  expect(value).toBeCloseTo(auroc(tied.test.logits, labelsOf(tied.test)) - 0.5, 12);
});

test('of what is the same nothing is gained, whatever is drawn', () => {
  const same = kind('cnn', 10, 1);
  const none = { value: 0, seeds: [0, 0, 0], ci95: [0, 0] };
  const [plus, minus] = [
    { sign: 1, networks: same },
    { sign: -1, networks: same },
  ] as const;
  expect(aurocContrast([plus, minus])).toEqual(none);
  expect(aurocContrast([plus, minus, minus, plus])).toEqual(none);
  expect(logLossContrast(same, same)).toEqual(none);
});

test('a difference of log loss is that of the measures, each with its temperature', () => {
  const a = kind('cnn-p4m', 10, 1).map((result) => ({ ...result, temperature: 2 }));
  const b = kind('cnn', 10, 1);
  const labels = labelsOf(a[0]!.test);
  const losses = (results: readonly CurveResult[], temperature: number) =>
    results.map(({ test: { logits } }) =>
      logLoss(
        logits.map((logit) => logit / temperature),
        labels,
      ),
    );
  const [ofA, ofB] = [losses(a, 2), losses(b, 1)];
  const { seeds } = logLossContrast(a, b);
  expect(seeds).toEqual(SEEDS.map((s) => expect.closeTo(ofA[s]! - ofB[s]!, 12)));
});

test('whole slides are drawn where they are known: of one slide there is no interval', () => {
  const on = (results: CurveResult[], slides: number[]) =>
    results.map((result) => ({ ...result, test: { ...result.test, slides } }));
  const contrast = (slides: number[]) =>
    aurocContrast([
      { sign: 1, networks: on(kind('cnn-p4m', 10, 1), slides) },
      { sign: -1, networks: on(kind('cnn', 10, 0.7), slides) },
    ]);
  expect(contrast(new Array(60).fill(3)).ci95).toBeNull();
  expect(contrast(Array.from({ length: 60 }, (_, i) => i % 6)).ci95).not.toBeNull();
});

test('networks that were tested on other patches are not compared', () => {
  const other = madeUp('cnn', 10, 0, { labels: '01', logits: [1, 2] });
  expect(() =>
    aurocContrast([
      { sign: 1, networks: kind('cnn-p4m', 10, 1, [0]) },
      { sign: -1, networks: [other] },
    ]),
  ).toThrow('cnn, seed 0, was tested on other patches than cnn-p4m');
});

const all = [10, 25, 50, 100].flatMap((share) =>
  networkNames.flatMap((network, i) => kind(network, share, 0.35 * Math.log10(share) + 0.09 * i)),
);

test('tables: one a share, best in bold, lower log loss is better; gains only of what is there', () => {
  const tables = scoreTables(all);
  expect(tables).toHaveLength(4);
  expect(tables[0]).toMatch(/^### 10 %: 172 patches\n/);
  const row = tables[3]!.split('\n').find((line) => line.startsWith('| densenet-p4m '))!;
  const { auroc: first, logLoss: loss } = all.at(-3)!.measures;
  expect(row).toMatch(/\| built in \| 3 \| \*\*0\.\d{3}\*\* \[.*<br>.* to /);
  expect([first.value, loss.value].every(Number.isFinite)).toBe(true);
  const losses = (share: string) =>
    [...share.matchAll(/^\| [\w-]+ \| .*$/gm)].map(([line]) => line.split(' | ')[5]!);
  const values = losses(tables[3]!)
    .filter((text) => /\d/.test(text))
    .map((text) => [text, Number.parseFloat(text.replaceAll('*', ''))] as const);
  const least = Math.min(...values.map(([, value]) => value));
  for (const [text, value] of values) expect(text.startsWith('**')).toBe(value === least);

  const some = all.filter(
    ({ network, seed, share }) =>
      network !== 'cnn' && !(network === 'densenet-z2' && seed === 0 && share === 10),
  );
  const gains = gainTable(some);
  expect(gains).toContain('| 10 % | 25 % | 50 % | 100 % | 10 % less 100 % |');
  expect(gains).toContain('| densenet-p4m | densenet-z2 | ');
  expect(gains).not.toContain('| cnn-p4m |');
  expect(gainTable(all)).toContain('| cnn-p4m | cnn |');
  expect(logLossTable(all).split('\n')).toHaveLength(
    2 + networkNames.filter((name) => NETWORKS[name].over).length,
  );
  for (const text of [...tables, gains, logLossTable(some), speedTable(all)])
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
  expect(speedTable(all)).toContain('| densenet-p4m | 124,000 | 101 | 300 | 60 | 200 |');
  expect(speedTable(all)).toContain('native on avx2, 2 thread(s), a processor.');
}, 120_000);

test('with one share there is no trend', () => {
  const one = all.filter(({ share, network }) => share === 25 && network.startsWith('cnn'));
  expect(gainTable(one).trim().split('\n').at(-1)).toMatch(/\| – \|$/);
});

test('the SVG has a line and a name for each network', async () => {
  const svg = await renderSvg(learningCurve(all, 'made up'));
  expect(svg).toMatch(/^<svg[\s\S]*<\/svg>$/);
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  expect(svg.match(/aria-roledescription="line mark"/g)).toHaveLength(networkNames.length);
  for (const name of networkNames) expect(svg).toContain(`>${name}<`);
  for (const tick of ['>172<', '>1,719<']) expect(svg).toContain(tick);
  const { width, height } = await sharp(Buffer.from(svg)).metadata();
  expect(Math.min(width, height)).toBeGreaterThan(400);
});

test('of a first network there is a plot already', async () => {
  const svg = await renderSvg(learningCurve(all.slice(0, 1), 'made up'));
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
});
