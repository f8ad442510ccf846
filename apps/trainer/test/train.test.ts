import { createHash } from 'node:crypto';
import {
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
import { gunzipSync } from 'node:zlib';
import { openDataset, writeSyntheticPcam } from '@pcam/pcam-data/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canMount, command, onSmallDisk } from '../../../vitest.command.js';
import { dryRun, train, trainOptions } from '../src/index.js';

const entry = new URL('../src/cli.ts', import.meta.url);
const pcamTrain = command(entry);
const folder = mkdtempSync(join(tmpdir(), 'pcam-train-'));
const data = join(folder, 'data');
const tiny = [
  '--model-options',
  '{"stemWidth":8,"widths":[8],"depths":[1],"strides":[2]}',
  '--engine',
  'wasm',
  '--batch-size',
  '8',
];
const run = (name: string): string => join(folder, name);
const weights = (name: string): string =>
  createHash('sha256')
    .update(readFileSync(join(run(name), 'checkpoints/best.safetensors')))
    .digest('hex');
const steps = (name: string): number[] =>
  readFileSync(join(run(name), 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { kind: string; step: number })
    .filter(({ kind }) => kind === 'step')
    .map(({ step }) => step);

beforeAll(async () => {
  await writeSyntheticPcam({ dir: data, seed: 1, splits: { train: 48, valid: 24 } });
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('pcam-train', () => {
  it('trains and fills the run folder; --json prints one object and nothing else', async () => {
    const { status, stdout, stderr } = await pcamTrain([
      '--data',
      data,
      '--out',
      run('whole'),
      '--epochs',
      '10',
      ...tiny,
      '--json',
    ]);
    expect(stderr).toContain('48 patches to train on, 24 to validate on');
    expect(status).toBe(0);
    const summary = JSON.parse(stdout) as Record<string, unknown>;
    expect(summary).toMatchObject({
      engine: 'wasm',
      model: 'cnn',
      epochs: 10,
      steps: 60,
      stopped: 'finished',
      validPatches: 24,
    });
    const names = readdirSync(run('whole'));
    for (const name of [
      'config.json',
      'environment.json',
      'metrics.jsonl',
      'curves.json',
      'validation.json',
    ]) {
      expect(names).toContain(name);
    }
    expect(steps('whole')).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
    const environment = JSON.parse(readFileSync(join(run('whole'), 'environment.json'), 'utf8')) as Record<
      string,
      object
    >;
    expect(environment).toMatchObject({
      seed: 0,
      engine: { engine: 'wasm' },
      versions: { 'pcam-train': expect.any(String) },
    });
  });

  it('constrains attributions, logs what they do, and says which it knows', async () => {
    const flags = ['--data', data, '--out', run('constrained'), '--epochs', '1', ...tiny];
    const constraint = ['--constraint', 'gradCam,gradientTimesInput', '--constraint-region', 'tumorFree'];
    const { status, stderr } = await pcamTrain([...flags, ...constraint, '--lambda-warmup', '2']);
    expect(stderr).not.toContain('pcam-train:');
    expect(status).toBe(0);
    const [first, second] = readFileSync(join(run('constrained'), 'metrics.jsonl'), 'utf8')
      .split('\n', 2)
      .map((line) => JSON.parse(line) as { loss: number; terms: Record<string, number> });
    expect(first!.terms['constraint.lambda']).toBeCloseTo(0.15, 6);
    expect(second!.terms['constraint.lambda']).toBeCloseTo(0.3, 6);
    const { constraint: term, crossEntropy, 'constraint.penalty': penalty } = second!.terms;
    expect(term).toBeCloseTo(0.3 * penalty!, 5);
    expect(second!.loss).toBeCloseTo(crossEntropy! + term!, 5);
    expect(second!.terms['constraint.negativeShare']).toBeGreaterThanOrEqual(0);
    const { model, options } = JSON.parse(readFileSync(join(run('constrained'), 'config.json'), 'utf8')) as {
      model: object;
      options: object;
    };
    expect(model).toMatchObject({ headBias: false });
    expect(options).toMatchObject({ constraint: 'gradCam,gradientTimesInput', lambda: 0.3 });

    const unknown = await pcamTrain([
      '--data',
      data,
      '--out',
      run('unknown'),
      ...tiny,
      '--constraint',
      'saliency',
    ]);
    expect(unknown.stderr).toMatch(/--constraint saliency: no such attribution; there are inputGradient, /);
    expect(unknown.status).toBe(1);
    expect(existsSync(run('unknown'))).toBe(false);
  });

  it("learns from another run's pseudo-masks, draws them once, and says what is missing", async () => {
    const asked = (more: object) =>
      trainOptions.parse({
        ...{ data, epochs: 1, batchSize: 8, engine: 'wasm', workers: 0, modelOptions: JSON.parse(tiny[1]!) },
        ...{ out: run('student'), constraint: 'gradCam', pseudoMasks: run('constrained') },
        ...more,
      });
    const lines: string[] = [];
    const say = (line: string) => void lines.push(line);
    await train(asked({}), say);
    expect(lines.join('\n')).toMatch(
      /pseudo-masks: [\d.]+ % of the training pixels, by Grad-CAM of .*constrained cut at/,
    );
    const masks = gunzipSync(readFileSync(join(run('student'), 'pseudo-masks.gz')));
    expect(masks).toHaveLength(48 * 96 * 96);
    // What labels and metadata tell overrules the maps.
    const dataset = await openDataset(data, 'train');
    const { labels, tumorPatch } = dataset;
    await dataset.close();
    for (let k = 0; k < 48; k++) {
      const mask = masks.subarray(k * 96 * 96, (k + 1) * 96 * 96);
      if (tumorPatch![k] === 0) expect(mask.includes(1)).toBe(false);
      const centre = mask.filter((_, i) => i >= 32 * 96 && i < 64 * 96 && i % 96 >= 32 && i % 96 < 64);
      if (labels[k] === 0) expect(centre.includes(1)).toBe(false);
    }
    const { model, options } = JSON.parse(readFileSync(join(run('student'), 'config.json'), 'utf8')) as {
      model: object;
      options: object;
    };
    expect(model).toMatchObject({ headBias: false, poolField: 32 });
    expect(options).toMatchObject({ pseudoMasks: run('constrained') });

    lines.length = 0;
    await train(asked({ resume: true }), say);
    expect(lines.join('\n')).not.toContain('pseudo-masks:');

    await dryRun(asked({ out: run('unused') }), say);
    expect(lines.join('\n')).toMatch(/pseudo-masks: .*\n.*dry run/s);
    await expect(train(asked({ out: run('unused'), constraint: 'none' }), say)).rejects.toThrow(
      '--pseudo-masks says nothing without --constraint; give --constraint gradCam',
    );
    await expect(dryRun(asked({ pseudoMasks: data }), say)).rejects.toThrow('is not a run folder');
    const bad = asked({ out: run('unused'), pseudoMasks: data });
    await expect(train(bad, say)).rejects.toThrow('is not a run folder');
    expect(existsSync(run('unused'))).toBe(false);
  }, 180_000); // maps of many patches from 8 sides

  it('ends with the same weights after SIGKILL and --resume, with no other flag said again', async () => {
    const killed = await pcamTrain(['--data', data, '--out', run('killed'), '--epochs', '10', ...tiny], {
      onStart(child) {
        // As soon as there is something to resume from.
        const watch = setInterval(() => {
          if (!existsSync(join(run('killed'), 'checkpoints/last.safetensors'))) return;
          child.kill('SIGKILL');
          clearInterval(watch);
        }, 5);
        child.on('close', () => clearInterval(watch));
      },
    });
    expect(killed.signal).toBe('SIGKILL');
    const resumed = await pcamTrain(['--resume', '--out', run('killed')]);
    expect(resumed.stderr).not.toContain('pcam-train:');
    expect(resumed.status).toBe(0);
    expect(weights('killed')).toBe(weights('whole'));
    expect(steps('killed')).toEqual(steps('whole'));
  });

  it('saves on Ctrl-C, says how to go on, and exits with 130', async () => {
    const { status, stdout } = await pcamTrain(
      ['--data', data, '--out', run('stopped'), '--epochs', '100000', ...tiny],
      {
        onStart(child) {
          child.stdout!.on('data', (text: Buffer) => {
            if (String(text).includes('data:')) setTimeout(() => child.kill('SIGINT'), 1500);
          });
        },
      },
    );
    expect(status).toBe(130);
    expect(stdout).toContain('finishing this step and saving');
    expect(stdout).toContain(`pcam-train --resume --out ${run('stopped')}`);
    expect(existsSync(join(run('stopped'), 'checkpoints/last.safetensors'))).toBe(true);
  });

  it('holds slides out where there is no valid split, and says so', async () => {
    const only = join(folder, 'only-train');
    await writeSyntheticPcam({ dir: only, seed: 2, splits: { train: 64 } });
    const { status, stdout } = await pcamTrain([
      '--data',
      only,
      '--out',
      run('held'),
      '--epochs',
      '1',
      ...tiny,
    ]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/there is no valid split: \d+ of 64 training patches are held out/);
  });

  it('--dry-run takes steps and writes nothing', async () => {
    const { status, stdout } = await pcamTrain([
      '--data',
      data,
      '--out',
      run('dry'),
      '--dry-run',
      '--json',
      ...tiny,
    ]);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ dryRun: true, engine: 'wasm', loss: expect.any(Number) });
    expect(existsSync(run('dry'))).toBe(false);
  });

  it('--overfit-batch learns a batch by heart', async () => {
    const args = [
      '--data',
      data,
      '--out',
      run('overfit'),
      '--overfit-batch',
      '--json',
      '--engine',
      'wasm',
      '--batch-size',
      '8',
    ];
    const { status, stdout } = await pcamTrain([
      ...args,
      '--model-options',
      '{"stemWidth":16,"widths":[16,32],"depths":[1,1],"strides":[2,2]}',
    ]);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ overfits: true });
    expect(existsSync(run('overfit'))).toBe(false);
  });
});

describe('refused before any work, in one line', () => {
  const preset = join(folder, 'preset.json');
  const notARun = join(folder, 'notes');
  beforeAll(async () => {
    writeFileSync(preset, '{"epoch": 3}');
    writeFileSync(notARun, 'a file');
  });
  it.each<[string, string[], RegExp]>([
    ['a missing data folder', ['--data', 'nowhere'], /nowhere does not exist/],
    ['an unknown flag', ['--data', data, '--epoch', '3'], /--epoch is not a flag; did you mean --epochs\?/],
    [
      'an unknown model',
      ['--data', data, '--model', 'lstm'],
      /--model: expected one of cnn, densenet, fcn, resnet, vit, got "lstm"/,
    ],
    ['an unknown model preset', ['--data', data, '--model-preset', 'huge'], /huge/],
    [
      'one before patches are painted',
      ['--data', 'synthetic', '--engine', 'wasm', '--model-preset', 'huge'],
      /huge/,
    ],
    ['an unknown model option', ['--data', data, '--model-options', '{"wide":1}'], /wide/],
    [
      'an unknown preset key',
      ['--data', data, '--preset', preset],
      /key "epoch" is not an option; did you mean "epochs"\?/,
    ],
    ['no data', [], /--data DIR\|synthetic is missing/],
    [
      'an engine that cannot start',
      ['--data', data, '--engine', 'tensorflow'],
      /engine "tensorflow" cannot start: .*npm install/,
    ],
  ])('%s', async (_, args, message) => {
    const { status, stdout, stderr } = await pcamTrain([...args, '--out', run('refused')]);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n').length, stderr).toBe(1);
    expect(stdout).not.toContain('epoch');
    expect(status).toBe(1);
    expect(existsSync(run('refused'))).toBe(false);
  });

  it('a run folder that is used, one of another model, and one that is a file', async () => {
    const used = await pcamTrain(['--data', data, '--out', run('whole'), ...tiny]);
    expect(used.status).toBe(1);
    expect(used.stderr).toMatch(
      /whole holds a run already; resume it \(--resume, in code resume: true\), or choose another folder/,
    );
    const other = await pcamTrain([
      '--resume',
      '--out',
      run('whole'),
      '--model',
      'resnet',
      '--model-options',
      '{}',
    ]);
    expect(other.status).toBe(1);
    expect(other.stderr).toMatch(
      /holds a run with other settings \(options.model is "cnn" there, "resnet" here; .*choose another folder/,
    );
    const file = await pcamTrain(['--data', data, '--out', notARun, ...tiny]);
    expect(file.status).toBe(1);
    expect(file.stderr).toMatch(/notes/);
  });

  it('no folder to resume', async () => {
    const { status, stderr } = await pcamTrain(['--resume']);
    expect(stderr).toMatch(/^pcam-train: --resume goes on with the run in --out RUN, which is missing/m);
    expect(status).toBe(1);
  });

  it('a folder to resume that holds no run', async () => {
    const { status, stderr } = await pcamTrain(['--resume', '--out', data]);
    expect(stderr).toMatch(/is not a run folder/);
    expect(status).toBe(1);
  });
});

describe.skipIf(!canMount())('disks (skipped where no tmpfs can be mounted)', () => {
  const disk = join(folder, 'disk');
  beforeAll(() => mkdirSync(disk));
  const args = ['--data', data, '--out', join(disk, 'run'), '--epochs', '2', ...tiny];

  it('a full one: one line, and no half-written file', () => {
    const { status, stderr, left } = onSmallDisk(entry, args, disk, 'size=20k');
    expect(stderr).toMatch(
      /pcam-train: cannot write .*: the disk is full; free some space, then resume the run/,
    );
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(status).toBe(1);
    expect(left.filter((name) => name.endsWith('.partial'))).toEqual([]);
  });

  it('a read-only one: one line before any work', () => {
    const { status, stdout, stderr } = onSmallDisk(entry, args, disk, 'ro');
    expect(stderr.trim()).toMatch(
      /^pcam-train: cannot write .*: the file system is read-only; choose another folder$/,
    );
    expect(stdout).not.toContain('epoch');
    expect(status).toBe(1);
  });
});
