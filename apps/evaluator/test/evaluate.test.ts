import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeSyntheticPcam } from '@pcam/pcam-data/node';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canMount, command, onSmallDisk } from '../../../vitest.command.js';
import { evaluate } from '../src/evaluate.js';
import { evaluateOptions } from '../src/options.js';
import { trainTinyRun } from './tiny-run.js';

const entry = new URL('../src/cli.ts', import.meta.url);
const pcamEvaluate = command(entry);
const folder = mkdtempSync(join(tmpdir(), 'pcam-evaluate-'));
const data = join(folder, 'data');
const run = join(folder, 'run');
const out = (name: string): string => join(folder, name);

beforeAll(async () => {
  await writeSyntheticPcam({ dir: data, seed: 3, splits: { train: 32, valid: 24, test: 40 } });
  await trainTinyRun(data, run);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('pcam-evaluate', () => {
  it('writes metrics, predictions, plots, gallery and a report; --json prints the metrics alone', async () => {
    const { status, stdout, stderr } = await pcamEvaluate([
      ...['--run', run, '--data', data, '--out', out('whole'), '--maps', '8', '--engine', 'wasm', '--json'],
    ]);
    expect(stderr).not.toContain('pcam-evaluate:');
    expect(status).toBe(0);
    const metrics = JSON.parse(stdout) as Record<string, unknown>;
    expect(metrics).toEqual(JSON.parse(readFileSync(join(out('whole'), 'metrics.json'), 'utf8')));
    expect(metrics).toMatchObject({ n: 40, split: 'test', engine: 'wasm', clustered: true, tta: false });
    for (const key of [
      'auroc',
      'accuracy',
      'balancedAccuracy',
      'sensitivity',
      'specificity',
      'f1',
      'brier',
      'ece',
      'threshold',
    ]) {
      expect(metrics[key], key).toEqual(expect.any(Number));
    }
    expect(metrics.aurocCi95).toHaveLength(2);
    expect(metrics.thresholdSource).toBe('chosen on the validation split');
    const { tp, fp, tn, fn } = metrics as Record<string, number>;
    expect(tp! + fp! + tn! + fn!).toBe(40);

    const rows = readFileSync(join(out('whole'), 'predictions.csv'), 'utf8')
      .trim()
      .split('\n');
    expect(rows[0]).toBe('index,slide,label,logit,probability,uncalibrated_probability,predicted,outcome');
    expect(rows).toHaveLength(41);
    // Both probabilities are of the logit: by the run's temperature, and as it is.
    const [logit, calibrated, uncalibrated] = rows[1]!.split(',').slice(3, 6).map(Number);
    expect(calibrated).toBeCloseTo(1 / (1 + Math.exp(-logit! / (metrics.temperature as number))), 5);
    expect(uncalibrated).toBeCloseTo(1 / (1 + Math.exp(-logit!)), 5);

    expect(readdirSync(join(out('whole'), 'plots')).sort()).toEqual(
      [
        'confusion',
        'precision-recall',
        'probabilities',
        'reliability',
        'roc',
        'training-auroc',
        'training-loss',
      ].map((n) => `${n}.svg`),
    );
    const { width, height } = await sharp(join(out('whole'), 'gallery.png')).metadata();
    expect(width).toBeGreaterThan(800);
    expect(height).toBeGreaterThan(300);
    // Synthetic data has masks, so the gallery shows them.
    expect(readdirSync(join(out('whole'), 'gallery')).some((name) => name.endsWith('-mask.png'))).toBe(true);
  });

  it('makes a report that needs no other file', () => {
    const report = readFileSync(join(out('whole'), 'report.html'), 'utf8');
    expect(report).not.toMatch(/(src|href)="(?!data:|#)/);
    const text = report.replace(/data:[^"]*/g, 'data:'); // base64 may spell anything
    expect(text).not.toMatch(/undefined|NaN|\[object/);
    expect(report).toContain('95 % interval');
    expect(report).toContain('Why it decides');
    expect(report.match(/<svg/g)!.length).toBe(7);
  });

  it('replaces its own earlier evaluation, by another split and with test-time augmentation', async () => {
    const { status, stdout } = await pcamEvaluate([
      ...[
        '--run',
        run,
        '--data',
        data,
        '--split',
        'valid',
        '--out',
        out('whole'),
        '--tta',
        '--maps',
        '0',
        '--resamples',
        '50',
      ],
      ...['--engine', 'wasm'],
    ]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/AUROC +\d\.\d{3} +\[/);
    expect(JSON.parse(readFileSync(join(out('whole'), 'metrics.json'), 'utf8'))).toMatchObject({
      split: 'valid',
      tta: true,
      n: 24,
    });
    expect(existsSync(join(out('whole'), 'gallery.png'))).toBe(false);
    expect(readdirSync(folder).some((name) => name.includes('partial'))).toBe(false);
  });
});

describe('pcam-evaluate --checkpoint last', () => {
  it('takes the last weights, which the calibration is not of', async () => {
    const { metrics } = await evaluate(
      evaluateOptions.parse({
        ...{ run, data, out: out('last'), checkpoint: 'last', engine: 'wasm' },
        ...{ maps: 0, resamples: 0, limit: 8 },
      }),
      () => {},
    );
    expect(metrics).toMatchObject({
      ...{ checkpoint: 'last', n: 8, threshold: 0.5, temperature: 1 },
      thresholdSource: 'the default, since the run has no calibration for these weights',
    });
  });
});

describe('refused in one line, with nothing half-written', () => {
  const foreign = join(folder, 'foreign');
  const swapped = join(folder, 'swapped');
  const cut = join(folder, 'cut');
  const odd = join(folder, 'odd');
  beforeAll(async () => {
    mkdirSync(foreign);
    writeFileSync(join(foreign, 'report.html'), 'years of work');
    const other = join(folder, 'other');
    await trainTinyRun(data, other, {
      model: 'resnet',
      modelOptions: { depths: [1], widths: [8], stemWidth: 8 },
    });
    cpSync(run, swapped, { recursive: true });
    cpSync(join(other, 'checkpoints'), join(swapped, 'checkpoints'), { recursive: true });
    cpSync(run, cut, { recursive: true });
    const checkpoint = join(cut, 'checkpoints/best.safetensors');
    writeFileSync(checkpoint, readFileSync(checkpoint).subarray(0, -100));
    cpSync(data, odd, { recursive: true });
    writeFileSync(join(odd, 'camelyonpatch_level_2_split_test_x.h5'), 'no HDF5 at all');
  });

  /** The data with one file of the test split changed. */
  const damaged = (name: string, change: (at: (file: string) => string) => void): string => {
    const dir = join(folder, `damaged-${name}`);
    cpSync(data, dir, { recursive: true });
    change((file) => join(dir, `camelyonpatch_level_2_split_${file}`));
    return dir;
  };
  const edit = (path: string, change: (bytes: Buffer) => Buffer): void =>
    writeFileSync(path, change(readFileSync(path)));
  const lastByte = (value: number) => (bytes: Buffer) => {
    bytes[bytes.length - 1] = value;
    return bytes;
  };

  it.each<[string, (at: (file: string) => string) => void, RegExp]>([
    [
      'truncated patches',
      (at) => edit(at('test_x.h5'), (bytes) => bytes.subarray(0, 200_000)),
      /test_x\.h5.*(truncated|cut)/,
    ],
    ['corrupt patches', (at) => edit(at('test_x.h5'), (bytes) => bytes.fill(255, 40, 600)), /test_x\.h5/],
    ['labels in place of patches', (at) => cpSync(at('test_y.h5'), at('test_x.h5')), /test_x\.h5.*"?x"?/],
    ['a label that is neither 0 nor 1', (at) => edit(at('test_y.h5'), lastByte(7)), /test_y\.h5.*7/],
    ['labels of another split', (at) => cpSync(at('valid_y.h5'), at('test_y.h5')), /40.*24|24.*40/],
    ['no labels', (at) => rmSync(at('test_y.h5')), /test_y\.h5/],
  ])('%s', async (name, change, message) => {
    const dir = damaged(name.replaceAll(' ', '-'), change);
    const { status, stderr } = await pcamEvaluate([
      '--run',
      run,
      '--data',
      dir,
      '--out',
      out('refused'),
      '--engine',
      'wasm',
    ]);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/^pcam-evaluate: /);
    expect(status).toBe(1);
    expect(existsSync(out('refused'))).toBe(false);
  });

  it.each<[string, () => string[], RegExp]>([
    ['no run', () => ['--run', data, '--data', data], /is not a run folder/],
    ['a split that is missing', () => ['--run', run, '--data', odd, '--split', 'test'], /test_x\.h5/],
    [
      'an output folder of something else',
      () => ['--run', run, '--data', data, '--out', foreign],
      /holds report\.html, not written by pcam-evaluate or changed since.*--overwrite/,
    ],
    [
      "another model's checkpoint",
      () => ['--run', swapped, '--data', data],
      /holds a resnet, but the run was of a cnn/,
    ],
    ['a checkpoint cut short', () => ['--run', cut, '--data', data], /best\.safetensors: .*(cut off|bytes)/],
    [
      'an unknown layer',
      () => ['--run', run, '--data', data, '--layer', 'conv9'],
      /no such layer; it has stem, stages\.0/,
    ],
    ['a threshold out of range', () => ['--run', run, '--data', data, '--threshold', '2'], /--threshold/],
    ['an unknown flag', () => ['--run', run, '--data', data, '--heatmaps'], /--heatmaps is not a flag/],
  ])('%s', async (_, args, message) => {
    const given = args();
    const { status, stderr } = await pcamEvaluate([
      ...given,
      ...(given.includes('--out') ? [] : ['--out', out('refused')]),
      '--engine',
      'wasm',
    ]);
    expect(stderr).toMatch(message);
    expect(
      stderr
        .trim()
        .split('\n')
        .filter((line) => line.startsWith('pcam-evaluate:')),
    ).toHaveLength(1);
    expect(status).toBe(1);
    expect(existsSync(out('refused'))).toBe(false);
    expect(readdirSync(foreign)).toEqual(['report.html']);
    expect(readdirSync(folder).some((name) => name.includes('partial'))).toBe(false);
  });
});

describe.skipIf(!canMount())('disks (skipped where no tmpfs can be mounted)', () => {
  const disk = join(folder, 'disk');
  beforeAll(() => mkdirSync(disk));
  const args = [
    '--run',
    run,
    '--data',
    data,
    '--out',
    join(disk, 'evaluation'),
    '--maps',
    '4',
    '--engine',
    'wasm',
    '--resamples',
    '20',
  ];

  it('a full one: one line, and nothing is left', () => {
    const { status, stderr, left } = onSmallDisk(entry, args, disk, 'size=64k');
    expect(stderr).toMatch(/pcam-evaluate: --out .*evaluation: the disk is full/);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(status).toBe(1);
    expect(left).toEqual([]);
  });

  it('a read-only one: one line before any work', () => {
    const { status, stderr } = onSmallDisk(entry, args, disk, 'ro');
    expect(stderr.trim()).toMatch(/^pcam-evaluate: .*read-only; choose another place$/);
    expect(status).toBe(1);
  });
});
