import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseOptions } from '@pcam/cli';
import { type Engine, useEngine } from '@pcam/engine';
import { countParameters, createModel } from '@pcam/models';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { budget } from '../src/budget.js';
import { openSplits, type Splits } from '../src/data.js';
import { curveExperiment } from '../src/experiment.js';
import { NETWORKS, networkNames } from '../src/networks.js';
import { type ExperimentOptions, experimentOptions } from '../src/options.js';
import { writeReports } from '../src/report/write.js';
import { measuresOf } from '../src/result.js';

let folder: string;
let engine: Engine;
let splits: Splits;

const size = ['--size', '96', '--train', '64', '--valid', '16', '--test', '16'];
const optionsOf = (out: string, steps: number, ...more: string[]): ExperimentOptions => {
  const where = ['--seeds', '1', '--steps', `${steps}`, '--out', join(folder, out)];
  return parseOptions(experimentOptions, [...size, ...where, ...more]);
};
const quiet = (): void => {};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pcam-equivariance-test-'));
  engine = await useEngine('auto');
  splits = await openSplits(optionsOf('none', 1));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('every network is trained once, measured, and reported', async () => {
  const options = optionsOf('whole', 2, '--networks', 'cnn,cnn-p4m-light', '--shares', '50,100');
  const said: string[] = [];
  const { all } = await curveExperiment({ options, splits, engine }, (line) => said.push(line));
  expect([...all.keys()]).toEqual([
    'cnn-p4m-light, 50 %, seed 1, 96 px, 64/16/16 patches, 2 steps',
    'cnn-p4m-light, 100 %, seed 1, 96 px, 64/16/16 patches, 2 steps',
    'cnn, 50 %, seed 1, 96 px, 64/16/16 patches, 2 steps',
    'cnn, 100 %, seed 1, 96 px, 64/16/16 patches, 2 steps',
  ]);
  expect(said).toHaveLength(4);
  for (const result of all.values()) {
    const { share, patches, steps, test: tested, measures, speed } = result;
    expect([patches, steps]).toEqual(share === 100 ? [64, 2] : [32, 1]);
    expect(tested.labels).toBe([...splits.test.labels].join(''));
    expect(tested.slides).toHaveLength(16);
    expect(measures).toEqual(measuresOf(tested, result));
    expect(speed).toMatchObject({ engine: engine.engine, threads: engine.threads });
    expect(speed.trainImagesPerSecond).toBeGreaterThan(0);
  }

  const file = join(options.out, 'synthetic.jsonl');
  const before = readFileSync(file, 'utf8');
  expect(before.trim().split('\n')).toHaveLength(4);
  await curveExperiment({ options, splits, engine }, quiet);
  expect(readFileSync(file, 'utf8')).toBe(before);

  const paths = ['synthetic.svg', 'synthetic.md'].map((name) => join(options.out, name));
  expect(await writeReports(options.out)).toEqual(paths);
  const report = readFileSync(paths[1]!, 'utf8');
  expect(report).toContain('![AUROC by number of training patches](synthetic.svg)');
  expect(report).toContain('### 50 %: 32 patches');
  expect(report).not.toMatch(/NaN|undefined/);
}, 300_000);

test('a training that was cut off goes on where it was, to the same weights', async () => {
  const asked = ['--networks', 'cnn', '--shares', '100'];
  const unbroken = optionsOf('unbroken', 3, ...asked);
  const [expected] = (await curveExperiment({ options: unbroken, splits, engine }, quiet)).all.values();

  const options = optionsOf('broken', 3, ...asked);
  const { signal, ...controller } = abortedAfterReads(splits.valid, 2);
  const { all } = await curveExperiment(
    { options, splits: { ...splits, valid: controller.dataset }, engine, signal },
    quiet,
  );
  expect(signal.aborted).toBe(true);
  expect(all.size).toBe(0);
  expect(existsSync(join(options.out, 'synthetic.jsonl'))).toBe(false);
  const log = join(options.out, 'runs', 'cnn-100-seed-1-96-px-64-16-16-patches-3-steps', 'metrics.jsonl');
  const stepsBefore = steps(log);
  expect(stepsBefore.length).toBeGreaterThan(0);
  expect(stepsBefore.length).toBeLessThan(3);

  const [found] = (await curveExperiment({ options, splits, engine }, quiet)).all.values();
  expect(found!.test).toEqual(expected!.test);
  expect(found!.measures).toEqual(expected!.measures);
  expect(steps(log).slice(0, stepsBefore.length)).toEqual(stepsBefore);
  expect(steps(log)).toHaveLength(3);
}, 300_000);

/** A split that, once it was read so often, aborts: as Ctrl-C would in the midst of training. */
function abortedAfterReads(dataset: Splits['valid'], reads: number) {
  const controller = new AbortController();
  let count = 0;
  return {
    signal: controller.signal,
    dataset: {
      ...dataset,
      async read(index: ArrayLike<number>) {
        if (++count === reads) controller.abort();
        return dataset.read(index);
      },
    },
  };
}

function steps(log: string): unknown[] {
  return readFileSync(log, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { kind: string })
    .filter(({ kind }) => kind === 'step');
}

test('the budget is told for what is left, and nothing is written', async () => {
  const networks = ['--networks', 'cnn', '--shares', '50,100'];
  const left = /(\d+) of 2 networks left: ([\d.]+) of ([\d.]+) core-hours$/;
  const untouched = optionsOf('untouched', 100_000, ...networks);
  const [, count, hoursLeft, hours] = (await budget(untouched, splits)).match(left)!;
  expect(count).toBe('2');
  expect(Number(hours)).toBeGreaterThan(0);
  expect(hoursLeft).toBe(hours);
  expect(existsSync(untouched.out)).toBe(false);
  const done = await budget(optionsOf('whole', 2, ...networks), splits);
  expect(done.match(left)![1]).toBe('0');
}, 300_000);

test('what cannot be is refused before any network is trained', async () => {
  const options = optionsOf('refused', 1, '--networks', 'cnn,densenet-p4m');
  const small = await openSplits({ ...options, size: 64 });
  await expect(curveExperiment({ options, splits: small, engine }, quiet)).rejects.toThrow(
    'synthetic/train has patches of 64×64; densenet takes',
  );
  expect(existsSync(options.out)).toBe(false);
  await expect(openSplits({ ...options, test: 1 })).rejects.toThrow(/synthetic\/test has no patch of label/);
  await expect(openSplits({ ...options, part: 'real' })).rejects.toThrow('needs --real-data');
});

test('without results there is nothing to report', async () => {
  expect(await writeReports(join(folder, 'empty'))).toEqual([]);
  expect(existsSync(join(folder, 'empty'))).toBe(false);
});

test('the README tells each network: its parameters and its symmetry', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const rows = [...readme.matchAll(/^\| `([\w-]+)` +\|.*\| +([\d,]+) \| ([a-z ]+?) +\|$/gm)];
  const told = rows.map(([, name, parameters, symmetry]) => [name, parameters, symmetry]);
  const known = networkNames.map((name) => {
    const model = createModel(NETWORKS[name].model);
    const parameters = countParameters(model).toLocaleString('en');
    model.dispose();
    return [name, parameters, NETWORKS[name].symmetry];
  });
  expect(told).toEqual(known);
});
