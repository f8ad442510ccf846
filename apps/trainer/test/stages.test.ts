import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseOptions } from '@pcam/cli';
import { writeSyntheticPcam } from '@pcam/pcam-data/node';
import { openRun } from '@pcam/training/node';
import { memory } from '@tensorflow/tfjs-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { checkCombinations } from '../src/combinations.js';
import { impliedOptions } from '../src/implied.js';
import { dryRun, type TrainSummary, train, trainOptions } from '../src/index.js';
import { presetsBeside } from '../src/presets.js';

const folder = mkdtempSync(join(tmpdir(), 'pcam-stages-'));
const at = (...names: string[]): string => join(folder, ...names);
const small = [
  ...[
    '--model-options',
    '{"stemWidth":4,"widths":[4],"depths":[1],"strides":[2]}',
    '--model-preset',
    'cnn-small',
  ],
  ...['--engine', 'wasm', '--batch-size', '8', '--no-tta', '--workers', '0'],
];
const parse = (...argv: string[]) =>
  parseOptions(trainOptions, argv, {
    presetKey: 'preset',
    presets: presetsBeside,
    implied: impliedOptions,
    check: checkCombinations,
  });
const begin = (name: string, ...argv: string[]) =>
  parse('--data', at('data'), '--out', at(name), ...small, ...argv);
const twice = ['--preset', 'segmentation', '--pseudo-masks', 'self', '--epochs', '2'];
const hash = (...names: string[]) =>
  createHash('sha256')
    .update(readFileSync(at(...names)))
    .digest('hex');
const config = (...names: string[]) => JSON.parse(readFileSync(at(...names, 'config.json'), 'utf8'));

let lines: string[] = [];
/** Trains; Ctrl-C is pressed at the first line, of those for people and of progress, that holds `words`. */
async function trainUntil(
  words: string | undefined,
  options: ReturnType<typeof parse>,
): Promise<TrainSummary> {
  lines = [];
  let pressed = words === undefined;
  const see = (line: string): boolean => {
    lines.push(line);
    if (!pressed && line.includes(words!)) {
      pressed = true;
      process.emit('SIGINT');
    }
    return true;
  };
  const written = vi.spyOn(process.stderr, 'write').mockImplementation((text) => see(String(text)));
  try {
    return await train(options, see);
  } finally {
    written.mockRestore();
  }
}

beforeAll(async () => {
  await writeSyntheticPcam({ dir: at('data'), seed: 1, size: 64, splits: { train: 16, valid: 8 } });
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => rmSync(folder, { recursive: true }));

describe('a teacher, then its student', () => {
  it('in one command: two whole runs, of which the summary tells', async () => {
    const summary = await trainUntil(undefined, begin('whole', ...twice));
    expect(summary).toMatchObject({ run: at('whole'), epochs: 2, steps: 4, stopped: 'finished' });
    expect(summary.teacher).toMatchObject({ run: at('whole', 'teacher'), epochs: 2, steps: 4 });
    expect(summary.teacher!.validAuroc).toBe(
      openRun(at('whole', 'teacher')).history.findLast((e) => e.best)!.valid!.auroc,
    );
    const said = lines.join('\n');
    for (const part of [
      'stage 1 of 2',
      'teacher, epoch 2/2',
      'pseudo-masks:',
      'stage 2 of 2',
      'student, epoch 2/2',
    ]) {
      const place = said.indexOf(part);
      expect(place, part).toBeGreaterThan(0);
      expect(said.slice(0, place)).not.toContain('evaluate with');
    }
    const teacher = openRun(at('whole', 'teacher'));
    expect(teacher.validation).toBeDefined();
    const { model } = await teacher.model('best');
    model.dispose();
    // The region that the flags say is the teacher's; the masks are the student's.
    const [first, second] = [config('whole', 'teacher'), config('whole')];
    expect(first.options).toMatchObject({
      constraint: 'gradCam',
      constraintRegion: 'composed',
      compose: 0.5,
    });
    expect(first.options.pseudoMasks).toBeUndefined();
    expect(first.model).toMatchObject({ headBias: false, poolField: 'patch' });
    expect(second.options.pseudoMasks).toBe('self');
    expect(second.model).toMatchObject({ headBias: false, poolField: 32 });
  });

  it('stopped in each stage, ends with the same weights', async () => {
    const resume = () => parse('--resume', '--out', at('stopped'), '--workers', '0');
    const done = async (words: string, options: ReturnType<typeof parse>) => {
      const { stopped, steps, teacher } = await trainUntil(words, options);
      expect(stopped).toBe('aborted');
      expect(lines.at(-1)).toContain(`pcam-train --resume --out ${at('stopped')}`);
      return { steps, teacher: teacher!.epochs, drawn: existsSync(at('stopped', 'pseudo-masks.gz')) };
    };
    expect(await done('teacher, epoch 1/2', begin('stopped', ...twice))).toEqual({
      steps: 0,
      teacher: 1,
      drawn: false,
    });
    await expect(train(begin('stopped', ...twice), () => {})).rejects.toThrow(
      /stopped holds a run already, in whose first stage a teacher was trained; resume it/,
    );
    expect(await done('teacher: all epochs done', resume())).toEqual({ steps: 0, teacher: 2, drawn: false });
    expect(await done('student, epoch 1/2', resume())).toEqual({ steps: 3, teacher: 2, drawn: true });
    const before = hash('stopped', 'teacher', 'checkpoints/last.safetensors');
    expect(await trainUntil(undefined, resume())).toMatchObject({
      stopped: 'finished',
      steps: 4,
      teacher: { epochs: 2 },
    });
    expect(lines.join('\n')).not.toMatch(/stage 1 of 2|pseudo-masks:/);
    expect(hash('stopped', 'teacher', 'checkpoints/last.safetensors')).toBe(before);
    for (const name of [
      'teacher/checkpoints/best.safetensors',
      'checkpoints/best.safetensors',
      'pseudo-masks.gz',
    ]) {
      expect(hash('stopped', name), name).toBe(hash('whole', name));
    }
  });

  it('lengthened while the teacher trains, is so in both', async () => {
    await trainUntil('teacher, epoch 1/2', begin('longer', ...twice));
    await trainUntil('teacher, epoch 2/3', parse('--resume', '--out', at('longer'), '--epochs', '3'));
    expect([config('longer').options.epochs, config('longer', 'teacher').options.epochs]).toEqual([3, 3]);
    await trainUntil('stage 1 of 2', parse('--resume', '--out', at('longer')));
  });

  it('--dry-run takes steps of both, leaves nothing behind, and tells the time of both', async () => {
    const tensors = memory().numTensors;
    const said: string[] = [];
    const summary = await dryRun(begin('unused', ...twice), (line) => void said.push(line));
    expect(summary).toMatchObject({
      dryRun: true,
      loss: expect.any(Number),
      teacher: { loss: expect.any(Number) },
    });
    expect(said.at(-1)).toMatch(
      /a teacher at \d+ ms a step and its student at \d+ ms, .* for 2 epochs of each/,
    );
    expect(memory().numTensors).toBe(tensors);
    expect(existsSync(at('unused'))).toBe(false);
  });
});

describe('composed patches', () => {
  it('give the same weights from threads, which are recorded, and need not be said again', async () => {
    const flags = [
      '--constraint',
      'gradCam',
      '--constraint-region',
      'composed',
      '--compose',
      '0.5',
      '--epochs',
      '1',
    ];
    const { steps } = await trainUntil(undefined, begin('composed', ...flags));
    expect(steps).toBe(2);
    await trainUntil(undefined, { ...begin('threads', ...flags), workers: 1 });
    await trainUntil(undefined, begin('plain', ...flags.map((flag) => (flag === '0.5' ? '0.01' : flag))));
    const best = 'checkpoints/best.safetensors';
    expect(hash('threads', best)).toBe(hash('composed', best));
    expect(hash('plain', best)).not.toBe(hash('composed', best));
    expect(config('composed').options).toMatchObject({ compose: 0.5, constraintRegion: 'composed' });
    expect(config('composed').model).toMatchObject({ headBias: false, poolField: 'patch' });
    await trainUntil(undefined, parse('--resume', '--out', at('composed')));
    const other = train(parse('--resume', '--out', at('composed'), '--compose', '0.2'), () => {});
    await expect(other).rejects.toThrow('options.compose is 0.5 there, 0.2 here');
  });

  it('are asked for where the constraint needs them, before data are opened', async () => {
    const options = trainOptions.parse({
      ...{ data: 'synthetic', out: at('unused'), engine: 'wasm', constraint: 'gradCam' },
      constraintRegion: 'composed',
    });
    for (const work of [train, dryRun]) {
      await expect(work(options, () => {})).rejects.toThrow(
        '--constraint-region composed is for patches that are composed of two, and none are; give --compose 0.5',
      );
    }
  });
});
