import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseOptions } from '@pcam/cli';
import { useEngine } from '@pcam/engine';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { INFERENCES } from '../src/maps.js';
import { experimentOptions } from '../src/options.js';
import { writeSyntheticReport } from '../src/report/write.js';
import { syntheticExperiment } from '../src/synthetic.js';

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pcam-constraint-test-'));
  await useEngine('auto');
});
afterAll(() => rmSync(folder, { recursive: true }));

test('every network is trained once, measured, and reported', async () => {
  const size = ['--size', '64', '--train', '32', '--valid', '16', '--test', '16', '--epochs', '1'];
  const networks = ['--trainings', 'none,gradCam,pseudoMasks', '--lambdas', '1', '--seeds', '0'];
  const options = parseOptions(experimentOptions, [...size, ...networks, '--out', folder]);
  const { all } = await syntheticExperiment(options, () => {});
  expect([...all.values()].map(({ training, lambda }) => [training, lambda])).toEqual([
    ['masks', 0],
    ['none', 0],
    ['gradCam', 1],
    ['pseudoMasks', 1],
  ]);
  for (const { training, auroc, maps } of all.values()) {
    expect(Object.keys(maps)).toEqual(training === 'masks' ? ['unet'] : Object.keys(INFERENCES));
    if (training !== 'masks') expect(auroc!.value).toBeGreaterThanOrEqual(0);
    for (const { pixelAp } of Object.values(maps)) {
      expect(pixelAp.value).toBeGreaterThan(0);
    }
    expect(maps[training === 'masks' ? 'unet' : 'gradCamAveraged']!.otsu!.dice).toBeGreaterThanOrEqual(0);
  }

  const file = join(folder, 'synthetic.jsonl');
  const before = readFileSync(file, 'utf8');
  const again = await syntheticExperiment(options, () => {});
  expect(readFileSync(file, 'utf8')).toBe(before);
  expect([...again.all]).toEqual(JSON.parse(JSON.stringify([...all])));

  expect(await writeSyntheticReport(folder)).toEqual([
    join(folder, 'tradeoff.svg'),
    join(folder, 'synthetic.md'),
  ]);
  const report = readFileSync(join(folder, 'synthetic.md'), 'utf8');
  expect(report).toContain('![Trade-off of AUROC and PxAP](tradeoff.svg)');
  const gradCam = [...all.values()].find(({ training }) => training === 'gradCam')!;
  expect(report).toContain(gradCam.maps.gradCamAveraged!.pixelAp.value.toFixed(3));
  expect(report).not.toMatch(/NaN|undefined/);
}, 300_000); // minutes on a crowded machine

test('without results there is nothing to report', async () => {
  await expect(writeSyntheticReport(join(folder, 'empty'))).rejects.toThrow('no results');
  expect(existsSync(join(folder, 'empty', 'synthetic.md'))).toBe(false);
});
