import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useEngine } from '@pcam/engine';
import { dice, iou } from '@pcam/metrics';
import { openDataset, writeSyntheticPcam } from '@pcam/pcam-data/node';
import { memory } from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluate } from '../src/evaluate.js';
import { evaluateOptions } from '../src/options.js';
import { summaryLines } from '../src/summary.js';
import { trainTinyRun } from './tiny-run.js';

const folder = mkdtempSync(join(tmpdir(), 'pcam-segment-'));
const at = (name: string): string => join(folder, name);
const [data, run] = [at('data'), at('run')];
/** The data with some of its files left out. */
const without = (name: string, files: RegExp): string => {
  cpSync(data, at(name), { recursive: true, filter: (file) => !files.test(file) });
  return at(name);
};
const metricsOf = (out: string) =>
  JSON.parse(readFileSync(join(out, 'metrics.json'), 'utf8')) as Record<string, number>;

beforeAll(async () => {
  await writeSyntheticPcam({ dir: data, seed: 5, splits: { train: 16, valid: 12, test: 20 } });
  await trainTinyRun(data, run);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('pcam-evaluate --segment', () => {
  it('writes masks whose overlap is what metrics.json says, beside baselines and another run', async () => {
    const out = at('whole');
    const options = { run, data, out, engine: 'wasm', maps: 4, resamples: 40, segment: true };
    const evaluation = await evaluate(
      evaluateOptions.parse({ ...options, smoothing: 1, minimumArea: 8, compareRun: run }),
      () => {},
    );
    const lines = summaryLines(evaluation).join('\n');
    for (const name of ['AP within patches', 'pixel AP']) {
      const beside = 'compared run 0\\.\\d{3}, painted 0\\.\\d{3}, all ones 0\\.\\d{3}, centre prior';
      expect(lines).toMatch(new RegExp(`^${name} +0\\.\\d{3} {2}\\[.*\\(${beside}`, 'm'));
      expect(lines).toMatch(new RegExp(`^gain in ${name} +0\\.000 {2}\\[0\\.000, 0\\.000\\]$`, 'm'));
    }
    expect(lines.indexOf('AP within patches')).toBeLessThan(lines.indexOf('pixel AP'));
    expect(lines).toMatch(
      /means over the \d+ of 20 patches that are partly tumorous \(5 % to 95 % of their area\)/,
    );

    const metrics = metricsOf(out);
    const dataset = await openDataset(data, 'test');
    const truth = (await dataset.read(Int32Array.from({ length: 20 }, (_, i) => i))).masks!;
    await dataset.close();
    const predicted = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const { data: pixels, info } = await sharp(join(out, 'masks', `${i}.png`))
          .extractChannel(0)
          .raw()
          .toBuffer({ resolveWithObject: true });
        expect([info.width, info.height]).toEqual([96, 96]);
        return [...pixels].map((value) => value / 255);
      }),
    );
    expect(metrics.dice).toBeCloseTo(dice(predicted.flat(), truth), 12);
    expect(metrics.iou).toBeCloseTo(iou(predicted.flat(), truth), 12);
    expect(metrics.tumourPixelShare).toBeCloseTo(truth.reduce((sum, v) => sum + v, 0) / truth.length, 12);
    expect(metrics).toMatchObject({ attribution: 'gradCam', smoothing: 1, masksWritten: 'plain' });
    expect(metrics.maskThresholdSource).toMatch(/^Otsu's rule on 12 patches of .*, without masks$/);
    const shares = Array.from({ length: 20 }, (_, i) =>
      meanOf(truth.subarray(i * 96 * 96, (i + 1) * 96 * 96)),
    );
    const partly = shares.filter((share) => share >= 0.05 && share <= 0.95);
    expect(metrics.partlyTumorousPatches).toBe(partly.length);
    // A constant: the patch's own share, and ½.
    for (const constant of ['painted', 'allOnes', 'random']) {
      expect(metrics[`${constant}WithinPatchAp`], constant).toBeCloseTo(meanOf(partly), 12);
      expect(metrics[`${constant}WithinPatchAuroc`], constant).toBe(0.5);
    }
    expect(metrics).toMatchObject({ paintedDice: expect.closeTo(paintedDice(out, truth), 12) });
    for (const key of [
      'withinPatchAp',
      'withinPatchAuroc',
      'pixelAp',
      'pixelAuroc',
      'dice',
      'iou',
      'f1Negative',
    ]) {
      const suffixed = key.startsWith('pixel') || key.startsWith('within') ? [] : [`${key}MaskSelected`];
      const named = key[0]!.toUpperCase() + key.slice(1);
      const prefixes = ['painted', 'allOnes', 'random', 'centrePrior', 'compare'];
      const baselines = prefixes.map((prefix) => prefix + named);
      for (const name of [key, ...suffixed, ...baselines]) {
        expect(metrics[name], name).toEqual(expect.any(Number));
        expect(metrics[`${name}Ci95`], name).toHaveLength(2);
      }
      // The other run is the same one.
      expect(metrics[`compare${named}`]).toBe(metrics[key]);
      expect([metrics[`gain${named}`], metrics[`gain${named}Ci95`]]).toEqual([0, [0, 0]]);
    }

    expect(readdirSync(join(out, 'segmentation')).length).toBeGreaterThan(0);
    expect((await sharp(join(out, 'segmentation.png')).metadata()).width).toBeGreaterThan(800);
    const report = readFileSync(join(out, 'report.html'), 'utf8').replace(/data:[^"]*/g, 'data:');
    expect(report).toContain('Where it sees tumour, pixel by pixel');
    expect(report).toContain(metrics.dice!.toFixed(3));
    expect(report).toContain(metrics.withinPatchAp!.toFixed(3));
    expect(report).toContain(`means over the ${partly.length} patches of which 5 % to 95 % are tumour`);
    expect(report).toContain('own logit, painted all over it');
    expect(report).not.toMatch(/undefined|NaN|\[object/);
  });

  it('draws the groups of a file in the place of slides', async () => {
    const file = at('regions.csv');
    const regions = Array.from({ length: 20 }, (_, i) => `${i},region ${Math.floor(i / 4)}`);
    writeFileSync(file, `,Region\n${regions.join('\n')}\n`);
    const lines: string[] = [];
    const evaluated = async (more: object) => {
      const options = { run, data, out: at('grouped'), engine: 'wasm', maps: 0, segment: true };
      const { metrics } = await evaluate(
        evaluateOptions.parse({ ...options, resamples: 30, overwrite: true, ...more }),
        (line) => lines.push(line),
      );
      return metrics;
    };
    const slides = await evaluated({});
    expect(slides).toMatchObject({ clustered: true, intervalsOver: 'slides' });
    const grouped = await evaluated({ groups: `${file}:region` });
    expect(grouped).toMatchObject({ clustered: true, intervalsOver: 'groups by region of regions.csv' });
    for (const key of ['auroc', 'withinPatchAp', 'dice']) {
      expect(grouped[key], key).toBe(slides[key]);
      expect(grouped[`${key}Ci95`], key).not.toEqual(slides[`${key}Ci95`]);
    }
    expect(readFileSync(join(at('grouped'), 'report.html'), 'utf8')).toContain(
      'over groups by region of regions.csv',
    );
    // The first patches alone, with the first rows: all of one region.
    await evaluated({ groups: `${file}:region`, limit: 4 });
    expect(lines).toContain(
      'no intervals: all patches are of one group, region 0, and intervals are told by drawing groups by region of regions.csv',
    );
    await expect(evaluated({ groups: `${file}:slide` })).rejects.toThrow(
      /has no column "slide"; its columns are , Region/,
    );
    await expect(evaluated({ groups: `${file}:region`, resamples: 0 })).rejects.toThrow(
      '--groups says nothing',
    );
    writeFileSync(file, `,region\n${regions.slice(1).join('\n')}\n`);
    await expect(evaluated({ groups: `${file}:region` })).rejects.toThrow(
      /--groups: .*regions\.csv has 19 rows below its header, .*test 20 patches; give one a patch, in their order/,
    );
    writeFileSync(file, `,region\n${regions.join('\n').replace('region 1', '')}\n`);
    await expect(evaluated({ groups: `${file}:region` })).rejects.toThrow(
      /--groups: line 6 of .*regions\.csv names no region; give each patch its group/,
    );
    expect(() => evaluateOptions.parse({ run, data, out: at('grouped'), groups: file })).toThrow(
      'expected FILE.csv:COLUMN',
    );
  });

  it('falls back on the evaluated pixels, and writes what masks selected where told to', async () => {
    const lines: string[] = [];
    const options = (more: object) =>
      evaluateOptions.parse({
        ...{ run, out: at('own'), engine: 'wasm', maps: 0, resamples: 0, limit: 6, segment: true },
        ...more,
      });
    const lone = without('test-only', /_(train|valid)_/);
    const own = await evaluate(
      options({
        data: lone,
        attribution: 'inputGradient',
        maskThreshold: 'quantile:0.9',
        mapAverage: 'dihedral',
      }),
      (line) => lines.push(line),
    );
    expect(own.metrics.maskThresholdSource).toBe(
      'the 0.9 quantile on the pixels of the patches evaluated, without masks',
    );
    const { tp, fp } = await pixelsOf(at('own'), lone);
    expect((tp + fp) / (6 * 96 * 96)).toBeCloseTo(0.1, 3);
    expect(own.metrics.diceMaskSelected).toBeUndefined();
    expect(existsSync(join(at('own'), 'segmentation.png'))).toBe(false);

    const chosen = await evaluate(
      options({ data: lone, segmentValid: data, maskThreshold: 'bestF1', attribution: 'expectedGradients' }),
      (line) => lines.push(line),
    );
    const { tp: found, fp: extra, fn: missed } = await pixelsOf(at('own'), lone);
    expect(chosen.metrics.diceMaskSelected).toBeCloseTo((2 * found) / (2 * found + extra + missed), 12);
    expect(chosen.metrics).toMatchObject({ masksWritten: 'maskSelected', diceCi95: null });
    expect(chosen.metrics.maskThresholdSource).toMatch(/^Otsu's rule on 6 patches/);

    const labelled = await evaluate(
      options({ data: lone, segmentValid: data, maskThreshold: 'labels' }),
      (line) => lines.push(line),
    );
    expect(labelled.metrics).toMatchObject({ masksWritten: 'plain', maskThreshold: expect.any(Number) });
    expect(labelled.metrics.maskThresholdSource).toMatch(
      /^the best agreement with the labels on 6 patches of .*, without masks$/,
    );
  });

  it('writes masks of data without, and leaves the scores out', async () => {
    const out = at('unmasked');
    const bare = without('unmasked-data', /_test_mask/);
    const options = { run, data: bare, out, engine: 'wasm', maps: 4, resamples: 0, limit: 6, segment: true };
    const evaluation = await evaluate(evaluateOptions.parse(options), () => {});
    expect(summaryLines(evaluation).at(-1)).toMatch(/^they call \d+\.\d % of the pixels tumour; no scores/);
    const { predictedPixelShare, dice: score, allOnesDice, maskThresholdSource } = metricsOf(out);
    expect([score, allOnesDice]).toEqual([undefined, undefined]);
    expect(maskThresholdSource).toMatch(/^Otsu's rule on 6 patches/);
    const { tp, fp } = await pixelsOf(out, data);
    expect(predictedPixelShare).toBeCloseTo((tp + fp) / (6 * 96 * 96), 12);
    const report = readFileSync(join(out, 'report.html'), 'utf8').replace(/data:[^"]*/g, 'data:');
    expect(report).toContain('The data has no masks by an expert');
    expect(report).not.toMatch(/undefined|NaN|\[object|Dice|an expert drew/);
  });

  it('leaves no tensor behind, whether it ends or throws', async () => {
    await useEngine('wasm');
    const before = memory().numTensors;
    const options = { run, data, out: at('tidy'), engine: 'wasm', maps: 2, resamples: 0, limit: 4 };
    const masks = { segment: true, attribution: 'expectedGradients', compareRun: run, overwrite: true };
    await evaluate(evaluateOptions.parse({ ...options, ...masks }), () => {});
    expect(memory().numTensors).toBe(before);
    // Both models are loaded by then.
    const layer = { attribution: 'gradCam', layer: 'nowhere' };
    const wrong = evaluateOptions.parse({ ...options, ...masks, ...layer });
    await expect(evaluate(wrong, () => {})).rejects.toThrow('--layer nowhere');
    expect(memory().numTensors).toBe(before);
    const gone = at('gone');
    cpSync(run, gone, { recursive: true, filter: (file) => !file.endsWith('best.safetensors') });
    const lost = evaluateOptions.parse({ ...options, ...masks, compareRun: gone });
    await expect(evaluate(lost, () => {})).rejects.toThrow('no best weights');
    expect(memory().numTensors).toBe(before);
  });

  it.each<[string, () => object, RegExp]>([
    [
      'a comparison on data without masks',
      () => ({ data: without('bare', /_test_mask/), compareRun: run }),
      /--compare-run: .*test has no masks/,
    ],
    [
      'a threshold by masks that validation lacks',
      () => ({ data: without('blind', /_valid_mask/), maskThreshold: 'bestF1' }),
      /bestF1: .*valid has no masks/,
    ],
    [
      'a threshold by the masks evaluated',
      () => ({ data, split: 'valid', maskThreshold: 'bestF1' }),
      /bestF1 needs the masks of a validation split apart/,
    ],
    [
      'a threshold by the labels evaluated',
      () => ({ data, split: 'valid', maskThreshold: 'labels' }),
      /labels needs the labels of a validation split apart/,
    ],
    ['a validation folder that is missing', () => ({ data, segmentValid: at('nowhere') }), /nowhere/],
    ['a run to compare with that is none', () => ({ data, compareRun: data }), /is not a run folder/],
    ['a layer of a method without', () => ({ data, attribution: 'inputGradient', layer: 'stem' }), /--layer/],
    ['options of masks alone', () => ({ data, segment: false, compareRun: run }), /without --segment/],
    [
      'a threshold of masks alone',
      () => ({ data, segment: false, maskThreshold: 'labels' }),
      /--mask-threshold says nothing without --segment/,
    ],
    [
      'an area of masks alone',
      () => ({ data, segment: false, minimumArea: 4 }),
      /--minimum-area says nothing without --segment/,
    ],
  ])('refuses %s before any work', async (_, more, message) => {
    const options = evaluateOptions.parse({
      ...{ run, out: at('refused'), engine: 'wasm', segment: true },
      ...more(),
    });
    await expect(evaluate(options, () => {})).rejects.toThrow(message);
    expect(readdirSync(folder).some((name) => name.startsWith('refused'))).toBe(false);
  });
});

function meanOf(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of masks that are all of a patch where predictions.csv calls it tumour, pixels pooled. */
function paintedDice(out: string, truth: Uint8Array): number {
  const [header, ...rows] = readFileSync(join(out, 'predictions.csv'), 'utf8').trim().split('\n');
  const column = header!.split(',').indexOf('predicted');
  const called = rows.flatMap((row) => new Array<number>(96 * 96).fill(Number(row.split(',')[column])));
  return dice(called, truth);
}

/** Counts over the first 6 masks that were written. */
async function pixelsOf(out: string, dir: string): Promise<Record<'tp' | 'fp' | 'fn', number>> {
  const dataset = await openDataset(dir, 'test');
  const truth = (await dataset.read([0, 1, 2, 3, 4, 5])).masks!;
  await dataset.close();
  const counts = { tp: 0, fp: 0, fn: 0 };
  for (let i = 0; i < 6; i++) {
    const mask = await sharp(join(out, 'masks', `${i}.png`))
      .extractChannel(0)
      .raw()
      .toBuffer();
    for (const [k, value] of mask.entries()) {
      const real = truth[i * 96 * 96 + k] === 1;
      if (value === 255) counts[real ? 'tp' : 'fp'] += 1;
      else if (real) counts.fn += 1;
    }
  }
  return counts;
}
