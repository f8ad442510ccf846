import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useEngine } from '@pcam/engine';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Data, syntheticData } from '../src/data.js';
import { experiment } from '../src/experiment.js';
import { networkOf } from '../src/networks.js';
import { writePictures } from '../src/pictures.js';
import { writeReports } from '../src/report/write.js';
import { shortcutExperiment } from '../src/shortcut.js';

let folder: string;
let data: Data;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pcam-constraint-test-'));
  await useEngine('auto');
  data = await syntheticData({ realData: undefined, masked: [], size: 64, train: 32, valid: 16, test: 16 });
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

const silent = (): void => {};

test('networks are told labels alone', async () => {
  for (const { hasMasks, tumorPatch } of [data.train, data.valid]) {
    expect([hasMasks, tumorPatch]).toEqual([false, undefined]);
  }
  expect(data.supervised!.train.hasMasks).toBe(true);
});

test('every network is trained once, measured, reported and drawn', async () => {
  const settings = ['segmentation', 'fcn-centre-pseudo', 'unet'];
  const options = { out: folder, settings, seeds: [0], epochs: 1 };
  const { all } = await experiment(data, options, silent);
  expect([...all.values()].map(({ setting }) => setting)).toEqual(settings);
  const partly = [...all.values()][0]!.masked.test!.plain.each.ap.length;
  expect(partly).toBeGreaterThan(2);
  for (const { setting, auroc, masked, secondsPerEpoch, alignment } of all.values()) {
    expect(alignment === null).toBe(setting === 'unet');
    if (alignment)
      expect(alignment.best.correlation).toBeGreaterThanOrEqual(alignment.placed.correlation - 1e-3);
    expect(auroc === null).toBe(setting === 'unet');
    expect(secondsPerEpoch).toBeGreaterThan(0);
    const { plain, averaged, painted } = masked.test!;
    for (const { each, withinPatchAp, pixelAp } of [plain, averaged]) {
      expect(each.auroc).toHaveLength(partly);
      expect(each.ap.reduce((sum, value) => sum + value, 0) / partly).toBeCloseTo(withinPatchAp!, 3);
      expect(pixelAp).toBeGreaterThan(0);
    }
    expect(plain.dice).toBeGreaterThanOrEqual(0);
    expect(plain.betweenPatches).toBeGreaterThan(0);
    expect(plain.betweenPatches).toBeLessThan(1);
    expect(painted === null).toBe(setting === 'unet');
  }
  // The teacher is there too, and nothing of a training that is over.
  expect(readdirSync(join(folder, 'networks'))).toHaveLength(4);
  expect(existsSync(join(folder, 'running')) && readdirSync(join(folder, 'running'))).toEqual([]);

  const trained = join(folder, 'trained.jsonl');
  writeFileSync(trained, readFileSync(trained, 'utf8').replace('"lambda":10', '"lambda":11'));
  await expect(experiment(data, options, silent)).rejects.toThrow('when its setting was another one');
  writeFileSync(trained, readFileSync(trained, 'utf8').replace('"lambda":11', '"lambda":10'));

  const file = join(folder, 'networks.jsonl');
  const before = readFileSync(file, 'utf8');
  const again = await experiment(data, options, silent);
  expect(readFileSync(file, 'utf8')).toBe(before);
  expect([...again.all]).toEqual(JSON.parse(JSON.stringify([...all])));

  expect(await writeReports(folder)).toEqual([join(folder, 'networks.md')]);
  const report = readFileSync(join(folder, 'networks.md'), 'utf8');
  expect(report).toContain([...all.values()][0]!.masked.test!.plain.withinPatchAp!.toFixed(3));
  expect(report).not.toMatch(/NaN|undefined/);
  expect(await writePictures(data, options)).toEqual([join(folder, 'maps-test.png')]);
  const { width } = await sharp(join(folder, 'maps-test.png')).metadata();
  expect(width).toBe(6 + (2 + settings.length) * (2 * 64 + 6));

  const [set] = data.masked;
  const renamed = { ...data, masked: [{ ...set!, groups: set!.groups!.map((group) => `${group}?`) }] };
  await expect(experiment(renamed, { ...options, seeds: [1] }, silent)).rejects.toThrow(
    'masked set "test" was another one before',
  );
}, 300_000); // minutes on a crowded machine

test('a training that was cut goes on where it was, to the same network', async () => {
  const cell = { setting: 'plain', seed: 1 };
  const cut = { out: join(folder, 'cut'), epochs: 2 };
  const signal = AbortSignal.abort(new Error('cut'));
  await expect(networkOf(cell, data, { ...cut, signal })).rejects.toThrow('cut');
  expect(readdirSync(join(cut.out, 'running'))).toHaveLength(1);
  const resumed = await networkOf(cell, data, cut);
  const whole = await networkOf(cell, data, { out: join(folder, 'whole'), epochs: 2 });
  for (const [name, variable] of whole.model.variables) {
    expect(resumed.model.variables.get(name)!.dataSync()).toEqual(variable.dataSync());
  }
  // From its file: the same again, and how long it took.
  const kept = await networkOf(cell, data, cut);
  expect(kept.secondsPerEpoch).toBe(resumed.secondsPerEpoch);
}, 120_000);

test('settings that differ in the constraint alone share the epochs before it sets in', async () => {
  const apart = { out: join(folder, 'apart'), epochs: 2 };
  const together = { out: join(folder, 'together'), epochs: 2 };
  const [first, other] = ['segmentation', 'no-focus'];
  expect((await networkOf({ setting: first!, seed: 2 }, data, together)).secondsPerEpoch).toBeGreaterThan(0);
  const shared = await networkOf({ setting: other!, seed: 2 }, data, together);
  expect(shared.secondsPerEpoch).toBeNull();
  const alone = await networkOf({ setting: other!, seed: 2 }, data, apart);
  for (const [name, variable] of alone.model.variables) {
    expect(shared.model.variables.get(name)!.dataSync()).toEqual(variable.dataSync());
  }
}, 120_000);

test('shortcuts', async () => {
  const options = { out: join(folder, 'shortcut'), settings: ['plain'], seeds: [0], epochs: 1 };
  const { all } = await shortcutExperiment(data, options, silent);
  expect([...all.values()].map(({ artefact }) => artefact)).toEqual(['penMark', 'blur']);
  for (const { aurocShifted, artefactArea } of all.values()) {
    expect(aurocShifted).toBeGreaterThanOrEqual(0);
    expect(artefactArea).toBeGreaterThan(0);
  }
  expect(await writeReports(options.out)).toEqual([join(options.out, 'shortcut.md')]);
}, 120_000);

test('a U-Net is refused where there are no masks', async () => {
  const { supervised, ...blind } = data;
  const options = { out: folder, epochs: 3 };
  await expect(networkOf({ setting: 'unet', seed: 0 }, blind, options)).rejects.toThrow(
    'setting unet learns from masks',
  );
});
