import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { useEngine } from '@pcam/engine';
import { createLoader } from '@pcam/pcam-data';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fit, type StepRecord } from '../src/index.js';
import {
  createRun,
  folderStore,
  jsonLinesLog,
  openRun,
  type Run,
  RunFolderError,
} from '../src/node/index.js';
import { tinyData, tinyLoader, tinyModel } from './support/tiny.js';

let folder: string;
beforeAll(async () => void (await useEngine('cpu')));
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pcam-run-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const config = { model: 'tiny', epochs: 2, optimizer: { name: 'adamw', learningRate: 0.01 } };

async function train(run: Run, epochs = 2): Promise<void> {
  const valid = createLoader(tinyData(8, 2), { batchSize: 4 });
  const { store, log } = run;
  await fit({ model: tinyModel(), data: tinyLoader(tinyData(8)), valid, epochs, store, log, resume: true });
  run.close();
}

/** The one line that `work` fails with. */
function failure(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(RunFolderError);
    expect((error as Error).message).not.toContain('\n');
    return (error as Error).message;
  }
  return expect.unreachable('it did not fail');
}

test('a run folder holds the configuration, the environment, records, curves, checkpoints, validation', async () => {
  const dir = join(folder, 'deep/down/run');
  const run = createRun(dir, { config, environment: { engine: 'cpu', seed: 3, versions: { app: '1.2.3' } } });
  expect(run.hasCheckpoint).toBe(false);
  expect(run.weightsPath()).toBeUndefined();
  expect(run.validation).toBeUndefined();
  await train(run);
  expect(readdirSync(dir).sort()).toEqual([
    'checkpoints',
    'config.json',
    'curves.json',
    'environment.json',
    'metrics.jsonl',
    'validation.json',
  ]);
  const again = openRun(dir);
  expect(again.config).toEqual(config);
  expect(again.environment).toMatchObject({ engine: 'cpu', seed: 3, node: process.version });
  expect(again.environment.versions).toMatchObject({ app: '1.2.3', '@pcam/training': expect.any(String) });
  expect(again.hasCheckpoint).toBe(true);
  expect(again.weightsPath()).toBe(join(dir, 'checkpoints/best.safetensors'));
  const { none, labels, dataset } = again.validation!;
  expect([none.logits.length, labels.length, dataset]).toEqual([8, 8, 'tiny-8-2']);
  expect(none.temperature).toBeGreaterThan(0);
  const lines = readFileSync(join(dir, 'metrics.jsonl'), 'utf8').trim().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as StepRecord).kind).join()).toBe(
    'step,step,epoch,step,step,epoch',
  );
});

describe('createRun', () => {
  test('takes up a run without a checkpoint, and one with a checkpoint only to resume it', async () => {
    createRun(folder, { config }).close();
    const run = createRun(folder, {
      config: { ...config, optimizer: { learningRate: 0.01, name: 'adamw' } },
    });
    await train(run);
    expect(failure(() => createRun(folder, { config }))).toBe(
      `${folder} holds a run already; resume it (--resume, in code resume: true), or choose another folder`,
    );
    const again = createRun(folder, { config, resume: true });
    expect(again.hasCheckpoint).toBe(true);
    again.close();
  });

  test('refuses another configuration, naming what differs', () => {
    createRun(folder, { config }).close();
    const message = failure(() => createRun(folder, { config: { ...config, epochs: 3 }, resume: true }));
    expect(message).toContain('holds a run with other settings (epochs is 2 there, 3 here)');
  });

  test('names the keys within that differ, not the whole', () => {
    createRun(folder, { config }).close();
    const optimizer = { name: 'adamw', learningRate: 0.02 };
    const message = failure(() => createRun(folder, { config: { ...config, optimizer } }));
    expect(message).toContain('(optimizer.learningRate is 0.01 there, 0.02 here)');
  });

  test('lets what may change differ, and records it with the first file, once it was resumed', async () => {
    createRun(folder, { config: { ...config, data: '/old' } }).close();
    const mayChange = ['epochs', 'data'];
    const changed = { ...config, data: '/new', epochs: 8 };
    const run = createRun(folder, { config: changed, mayChange, resume: true });
    expect(run.config).toMatchObject({ data: '/new', epochs: 8 });
    expect(openRun(folder).config).toMatchObject({ data: '/old', epochs: 2 });
    await run.store.write('curves.json', new Uint8Array(1));
    run.close();
    expect(openRun(folder).config).toMatchObject({ data: '/new', epochs: 8 });
    const message = failure(() => createRun(folder, { config: { ...changed, model: 'vit' }, mayChange }));
    expect(message).toContain('(model is "tiny" there, "vit" here)');
  });

  test('records what changed at once where it is told to', () => {
    createRun(folder, { config }).close();
    const run = createRun(folder, { config: { ...config, epochs: 8 }, mayChange: ['epochs'], resume: true });
    run.record();
    expect(openRun(folder).config).toMatchObject({ epochs: 8 });
    run.close();
  });

  test('that was lengthened and killed keeps no calibration of weights that are no longer the best', async () => {
    const run = createRun(folder, { config });
    await run.store.write('validation.json', Buffer.from('{}'));
    await run.store.write('checkpoints/last.safetensors', new Uint8Array(1));
    expect(run.validation).toBeDefined();
    await run.store.write('checkpoints/best.safetensors', new Uint8Array(1));
    expect(run.validation).toBeUndefined();
    run.close();
  });

  test('reads what an older version recorded, and records it by today’s names', async () => {
    createRun(folder, { config: { ema: 0.9 } }).close();
    const upgrade = ({ ema, ...rest }: Readonly<Record<string, unknown>>) => ({ ...rest, emaDecay: ema });
    const run = createRun(folder, { config: { emaDecay: 0.9 }, upgrade });
    await run.store.write('curves.json', new Uint8Array(1));
    run.close();
    expect(openRun(folder).config).toEqual({ emaDecay: 0.9 });
  });

  test('leaves files of others alone: partial ones, a configuration of another program', () => {
    writeFileSync(join(folder, 'train_x.h5.partial'), 'half');
    expect(failure(() => createRun(folder, { config }))).toContain(
      'is not empty (train_x.h5.partial) and not a run folder',
    );
    writeFileSync(join(folder, 'config.json'), '{"architecture": "bert"}');
    expect(failure(() => createRun(folder, { config }))).toContain('is not empty (config.json, ');
    expect(readdirSync(folder)).toEqual(['config.json', 'train_x.h5.partial']);
  });

  test('minds no hidden files, nor an evaluation beside the run', () => {
    writeFileSync(join(folder, '.DS_Store'), '');
    createRun(folder, { config }).close();
    mkdirSync(join(folder, 'evaluation'));
    createRun(folder, { config }).close();
    expect(existsSync(join(folder, 'evaluation'))).toBe(true);
  });

  test('refuses an option that nobody reads, and makes nothing', () => {
    const dir = join(folder, 'new');
    expect(() => createRun(dir, { config, resum: true } as never)).toThrow(
      "createRun: unknown option 'resum'; did you mean 'resume'?",
    );
    expect(existsSync(dir)).toBe(false);
  });

  test('refuses a folder of other things, and leaves it alone', () => {
    writeFileSync(join(folder, 'thesis.tex'), 'x');
    expect(failure(() => createRun(folder, { config }))).toContain(
      'is not empty (thesis.tex) and not a run folder',
    );
    expect(readdirSync(folder)).toEqual(['thesis.tex']);
  });

  test('refuses a path through a file', () => {
    const path = join(folder, 'file');
    writeFileSync(path, 'x');
    expect(failure(() => createRun(path, { config }))).toContain('is a file; choose another folder');
    expect(failure(() => createRun(join(path, 'run'), { config }))).toContain('a part of the path is a file');
  });

  test('clears away what a killed process left half-written', () => {
    writeFileSync(join(folder, 'config.json.partial'), '{"mod');
    createRun(folder, { config }).close();
    expect(readdirSync(folder).sort()).toEqual(['config.json', 'environment.json']);
  });
});

test('openRun refuses what is no run folder, or a broken one', () => {
  expect(failure(() => openRun(folder))).toBe(`${folder} is not a run folder: it has no config.json`);
  createRun(folder, { config });
  // A list where an object belongs, and the other way round.
  writeFileSync(join(folder, 'curves.json'), '{}');
  expect(failure(() => openRun(folder).history)).toContain('curves.json cannot be read as JSON');
  writeFileSync(join(folder, 'environment.json'), '[]');
  expect(failure(() => openRun(folder))).toContain('environment.json cannot be read as JSON');
  truncateSync(join(folder, 'config.json'), 5);
  expect(failure(() => openRun(folder))).toContain('config.json cannot be read as JSON');
});

describe('the log', () => {
  const record: StepRecord = {
    kind: 'step',
    step: 1,
    epoch: 1,
    loss: 0.5,
    crossEntropy: 0.5,
    learningRate: 0.1,
    gradNorm: 1,
    imagesPerSecond: 10,
    waitMs: 0,
  };

  test('drops everything after a position, a line cut short too', async () => {
    const path = join(folder, 'metrics.jsonl');
    const log = jsonLinesLog(path);
    log.append(record);
    const position = await log.flush();
    log.append({ ...record, step: 2 });
    log.close();
    appendFileSync(path, '{"kind":"st');
    const again = jsonLinesLog(path);
    await again.rewind(position);
    again.append({ ...record, step: 2, loss: 0.25 });
    again.close();
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as StepRecord)).toEqual([
      record,
      { ...record, step: 2, loss: 0.25 },
    ]);
  });

  test('that lost lines is not resumed', async () => {
    const path = join(folder, 'metrics.jsonl');
    const log = jsonLinesLog(path);
    log.append(record);
    const position = await log.flush();
    truncateSync(path, 3);
    await expect(log.rewind(position)).rejects.toThrow(`has 3 bytes, the checkpoint counts on ${position}`);
    log.close();
  });
});

test('a file is the old one until it is the new one', async () => {
  const store = folderStore(folder);
  await store.write('a/b.bin', Uint8Array.of(1, 2));
  // A folder in the way of the file that is written aside: writing fails, the old bytes stay.
  mkdirSync(join(folder, 'a/c.bin.partial'));
  await expect(store.write('a/c.bin', Uint8Array.of(3))).rejects.toThrow('cannot write');
  expect(await store.read('a/b.bin')).toEqual(Uint8Array.of(1, 2));
  expect(await store.read('a/c.bin')).toBeUndefined();
});

const script = fileURLToPath(new URL('./support/train-child.ts', import.meta.url));
const node = [process.execPath, '--conditions=@pcam/source', '--import=tsx', script];

const quoted = node.map((part) => `'${part}'`).join(' ');

/** Whether this user may mount a small disk in a namespace of its own. */
function canMount(): boolean {
  if (process.platform !== 'linux') return false;
  const command = `mount -t tmpfs tmpfs '${tmpdir()}'`;
  return spawnSync('unshare', ['-rm', 'sh', '-c', command], { stdio: 'ignore' }).status === 0;
}

test.skipIf(!canMount())('a full disk (tmpfs): one line, the last checkpoint stays whole', () => {
  const disk = join(folder, 'disk');
  const copy = join(folder, 'copy');
  mkdirSync(disk);
  const commands = `mount -t tmpfs -o size=28k tmpfs '${disk}'; ${quoted} '${disk}/run' 25; cp -r '${disk}/run' '${copy}'`;
  const { stderr } = spawnSync('unshare', ['-rm', 'sh', '-c', commands], {
    encoding: 'utf8',
    timeout: 40_000,
  });
  expect(stderr).toMatch(
    /RunFolderError: cannot write .*: the disk is full; free some space, then resume the run/,
  );
  expect(readdirSync(join(copy, 'checkpoints')).every((name) => !name.endsWith('.partial'))).toBe(true);
  expect(existsSync(join(copy, 'checkpoints/last.safetensors'))).toBe(true);
  // With room again, the run goes on from there.
  const text = execFileSync(node[0]!, [...node.slice(1), copy, '25'], { encoding: 'utf8', timeout: 40_000 });
  expect(text).toContain('finished 150');
  expect(text.startsWith('step 1\n')).toBe(false);
});

test.skipIf(!canMount())('a disk that cannot be written (tmpfs): one line', () => {
  const command = `mount -t tmpfs -o ro tmpfs '${folder}'; ${quoted} '${folder}/run' 2`;
  const { stderr } = spawnSync('unshare', ['-rm', 'sh', '-c', command], {
    encoding: 'utf8',
    timeout: 40_000,
  });
  expect(stderr).toMatch(
    /RunFolderError: cannot write .*: the file system is read-only; choose another folder/,
  );
});
