import { createHash } from 'node:crypto';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useEngine } from '@pcam/engine';
import { createModel } from '@pcam/models';
import { createLoader } from '@pcam/pcam-data';
import { memory } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fit } from '../src/index.js';
import { createRun, isRun, openRun, RunFolderError, type RunFolderErrorCode } from '../src/node/index.js';
import { bits, tinyData, tinyLoader } from './support/tiny.js';

const folder = mkdtempSync(join(tmpdir(), 'pcam-open-run-'));
const dir = join(folder, 'run');
const at = (name: string): string => join(dir, name);
const [last, best] = [at('checkpoints/last.safetensors'), at('checkpoints/best.safetensors')];
const small = { name: 'cnn', stemWidth: 4, widths: [4], depths: [1], strides: [2], seed: 1 } as const;
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(async () => {
  await useEngine('cpu');
  const model = createModel(small);
  const run = createRun(dir, { config: { model: model.config } });
  const valid = createLoader(tinyData(8, 2), { batchSize: 4 });
  const { store, log } = run;
  await fit({ model, data: tinyLoader(tinyData(8)), valid, epochs: 2, store, log, tta: true });
  run.close();
  model.dispose();
});

async function failure(work: () => unknown): Promise<[RunFolderErrorCode, string]> {
  try {
    await work();
  } catch (error) {
    expect(error).toBeInstanceOf(RunFolderError);
    const { code, message } = error as RunFolderError;
    return [code, message];
  }
  return expect.unreachable('it did not fail');
}

/** Runs `work` while a file holds something else, or is gone. */
async function without(path: string, content: string | undefined, work: () => Promise<void>): Promise<void> {
  const kept = readFileSync(path);
  if (content === undefined) rmSync(path);
  else writeFileSync(path, content);
  try {
    await work();
  } finally {
    writeFileSync(path, kept);
  }
}

test('a run tells its history, its records, and how it was calibrated', () => {
  const run = openRun(dir);
  expect(run.history.map(({ epoch }) => epoch)).toEqual([1, 2]);
  expect(
    run
      .records()
      .map(({ kind }) => kind)
      .join(),
  ).toBe('step,step,epoch,step,step,epoch');
  expect(run.records().filter(({ kind }) => kind === 'epoch')).toEqual(run.history);
  const { none, dihedral, labels } = run.validation!;
  expect([none.logits.length, dihedral!.logits.length, labels.length]).toEqual([8, 8, 8]);
});

test('the last line of the log does not count while it is being written', async () => {
  const before = openRun(dir).records();
  const path = at('metrics.jsonl');
  await without(path, readFileSync(path, 'utf8'), async () => {
    appendFileSync(path, '{"kind":"st');
    expect(openRun(dir).records()).toEqual(before);
    appendFileSync(path, '\n');
    expect(await failure(() => openRun(dir).records())).toEqual([
      'broken',
      `${path}, line 7, cannot be read as JSON; restore the file`,
    ]);
  });
});

describe('a model of a run', () => {
  test('is the best or the last, whose caller disposes it, with what is known of its weights', async () => {
    const run = openRun(dir);
    const before = memory().numTensors;
    const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');
    const patchSize = { height: 32, width: 32 };
    const epoch = run.history.findLast((record) => record.best)!.epoch;
    const first = await run.model('best');
    expect(first).toMatchObject({ weights: 'best', path: best, sha256: sha256(best), epoch, patchSize });
    expect(first.validation).toEqual(run.validation);
    expect(await bits((await run.model()).model)).toEqual(await bits(first.model));
    const later = await run.model('last');
    expect(later).toMatchObject({ weights: 'last', path: last, sha256: sha256(last), epoch: 2, patchSize });
    // Nobody measured the last weights.
    expect(later.validation).toBeUndefined();
    expect(memory().numTensors).toBeGreaterThan(before);
    for (const { model } of [first, later]) model.dispose();
    expect(memory().numTensors - before).toBe(first.model.variables.size);
  });

  test('knows less where the last checkpoint was deleted to save space', async () => {
    await without(last, undefined, async () => {
      const { model, epoch, patchSize } = await openRun(dir).model();
      model.dispose();
      expect([epoch, patchSize]).toEqual([
        openRun(dir).history.findLast((each) => each.best)!.epoch,
        undefined,
      ]);
    });
  });

  test('is refused where it is not there yet, broken, or another one, and leaves no tensors', async () => {
    const before = memory().numTensors;
    await without(best, undefined, async () => {
      expect(openRun(dir).weightsPath('best')).toBeUndefined();
      expect(await failure(() => openRun(dir).model('best'))).toEqual([
        'unfinished',
        `${dir}: the run has no best weights yet; let it validate once`,
      ]);
    });
    await without(best, 'no tensors', async () => {
      const [code, message] = await failure(() => openRun(dir).model('best'));
      expect([code, message.startsWith(`${best}: cannot load a model: `)]).toEqual(['broken', true]);
    });
    const config = JSON.stringify({ model: { name: 'resnet' } });
    await without(at('config.json'), config, async () => {
      expect(await failure(() => openRun(dir).model('best'))).toEqual([
        'broken',
        `${best} holds a cnn, but the run was of a resnet; restore the checkpoint`,
      ]);
    });
    await without(at('validation.json'), '{', async () => {
      expect((await failure(() => openRun(dir).model('best')))[0]).toBe('broken');
    });
    expect(memory().numTensors).toBe(before);
  });
});

describe('what is no run', () => {
  const empty = join(folder, 'empty');
  beforeEach(() => {
    rmSync(empty, { recursive: true, force: true });
    createRun(empty, { config: {} }).close();
  });

  test('is told from one that has not begun, and from one of an older version', async () => {
    const run = openRun(empty);
    expect([run.history, run.records(), run.validation, run.hasCheckpoint]).toEqual([
      [],
      [],
      undefined,
      false,
    ]);
    expect((await failure(() => run.model()))[0]).toBe('unfinished');
    expect(isRun(empty)).toBe(true);
    rmSync(join(empty, 'environment.json'));
    expect(isRun(empty)).toBe(false);
    expect((await failure(() => openRun(empty)))[0]).toBe('no-run');
    writeFileSync(join(empty, 'metrics.jsonl'), '');
    expect((await failure(() => openRun(empty)))[0]).toBe('older');
  });
});

describe('an attachment', () => {
  test('is kept with the run, whole, and out of the way of resuming', async () => {
    const run = openRun(dir);
    expect([run.attachments.has('masks.gz'), await run.attachments.read('masks.gz')]).toEqual([
      false,
      undefined,
    ]);
    await run.attachments.write('masks.gz', Uint8Array.of(1, 2));
    run.close();
    createRun(dir, { config: run.config, resume: true }).close();
    expect(openRun(dir).attachments.has('masks.gz')).toBe(true);
    expect(await openRun(dir).attachments.read('masks.gz')).toEqual(Uint8Array.of(1, 2));
    rmSync(at('masks.gz'));
    expect(readdirSync(dir).filter((name) => name.includes('masks') || name.includes('lock'))).toEqual([]);
  });

  test.each(['config.json', 'metrics.jsonl', 'run.lock', 'x.partial'])('cannot be called %s', (name) => {
    expect(() => openRun(dir).attachments.has(name)).toThrow(
      "is a name of the run's own files; choose another",
    );
  });

  test.each(['', '../x', 'checkpoints/x', '.hidden'])('nor %s', async (name) => {
    await expect(openRun(dir).attachments.write(name, new Uint8Array(1))).rejects.toThrow('is no plain name');
  });
});
