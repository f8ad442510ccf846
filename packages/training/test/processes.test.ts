import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeSafetensors } from '@pcam/models';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LogRecord } from '../src/index.js';
import { openRun } from '../src/node/index.js';
import { numbers } from './support/tiny.js';

const script = fileURLToPath(new URL('./support/train-child.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pcam-training-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  lines: string[];
}

/** Runs the trainer; `watch` may end it. */
function train(
  dir: string,
  epochs: number,
  watch?: (child: ChildProcess, line: string) => void,
): Promise<Ended> {
  const flags = ['--conditions=@pcam/source', '--import=tsx'];
  const child = spawn(process.execPath, [...flags, script, dir, String(epochs)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout!.on('data', (chunk: Buffer) => {
    const seen = text.split('\n').length - 1;
    text += chunk.toString();
    for (const line of text.split('\n').slice(seen, -1)) watch?.(child, line);
  });
  return new Promise((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, lines: text.split('\n').slice(0, -1) }));
  });
}

function records(dir: string): LogRecord[] {
  const lines = readFileSync(join(dir, 'metrics.jsonl'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as LogRecord);
}

function losses(dir: string): unknown[] {
  return records(dir).map((record) => (record.kind === 'step' ? [record.step, record.loss] : record));
}

function file(dir: string, name: string): Buffer {
  return readFileSync(join(dir, name));
}

/** Whatever the moment, what lies under a final name is whole. */
function expectWhole(dir: string): void {
  if (!existsSync(join(dir, 'config.json'))) return;
  const run = openRun(dir);
  for (const name of ['last', 'best']) {
    const path = join(dir, `checkpoints/${name}.safetensors`);
    if (existsSync(path))
      expect(decodeSafetensors(new Uint8Array(readFileSync(path))).tensors.size).toBeGreaterThan(0);
  }
  if (existsSync(join(dir, 'curves.json'))) JSON.parse(file(dir, 'curves.json').toString());
  expect(run.validation?.none.logits.length ?? 8).toBe(8);
}

const EPOCHS = 12;
const whole = join(folder, 'whole');

beforeAll(async () => {
  const { lines } = await train(whole, EPOCHS);
  expect(lines.at(-1)).toBe(`finished ${EPOCHS * 6}`);
});

/** Weights, records, curves and validation are those of the run that nothing interrupted. */
function expectSame(dir: string): void {
  expect(file(dir, 'checkpoints/best.safetensors').equals(file(whole, 'checkpoints/best.safetensors'))).toBe(
    true,
  );
  const last = decodeSafetensors(new Uint8Array(file(dir, 'checkpoints/last.safetensors')));
  const wanted = decodeSafetensors(new Uint8Array(file(whole, 'checkpoints/last.safetensors')));
  expect([...last.tensors]).toEqual([...wanted.tensors]);
  expect(losses(dir)).toEqual(losses(whole));
  expect(file(dir, 'curves.json')).toEqual(file(whole, 'curves.json'));
  expect(file(dir, 'validation.json')).toEqual(file(whole, 'validation.json'));
  expect(readdirSync(dir).sort()).toEqual(readdirSync(whole).sort());
  expect(readdirSync(join(dir, 'checkpoints')).sort()).toEqual(['best.safetensors', 'last.safetensors']);
}

describe('a run that is killed (SIGKILL) at random moments', () => {
  test('leaves whole files, resumes, and ends with the same bits', async () => {
    const dir = join(folder, 'killed');
    // Milliseconds after the first step: within steps, validation, and the writing of checkpoints.
    const delays = numbers(6, 7).map((value) => (value + 0.5) * 150);
    let kills = 0;
    for (const delay of delays) {
      let armed = false;
      const { signal } = await train(dir, EPOCHS, (child) => {
        if (!armed) setTimeout(() => child.kill('SIGKILL'), delay);
        armed = true;
      });
      if (signal === 'SIGKILL') kills++;
      expectWhole(dir);
    }
    expect(kills).toBeGreaterThanOrEqual(4);
    const { lines } = await train(dir, EPOCHS);
    expect(lines.at(-1)).toBe(`finished ${EPOCHS * 6}`);
    expectSame(dir);
  });
});

describe('Ctrl-C (SIGINT)', () => {
  test('finishes the step, saves, exits cleanly; the run resumes to the same bits', async () => {
    const dir = join(folder, 'interrupted');
    const ended = await train(dir, EPOCHS, (child, line) => {
      if (line === 'step 9') child.kill('SIGINT');
    });
    expect(ended.code).toBe(0);
    const step = Number(ended.lines.at(-1)!.match(/^aborted (\d+)$/)![1]);
    expect(step).toBeGreaterThanOrEqual(9);
    expect(step).toBeLessThan(EPOCHS * 6);
    expect(ended.lines.at(-2)).toBe(`step ${step}`);
    expect(records(dir).filter(({ kind }) => kind === 'step').length).toBe(step);
    const again = await train(dir, EPOCHS);
    expect(again.lines[0]).toBe(`step ${step + 1}`);
    expectSame(dir);
  });

  test('twice ends the process at once, and the run still resumes', async () => {
    const dir = join(folder, 'interrupted-twice');
    const ended = await train(dir, EPOCHS, (child, line) => {
      if (line === 'step 9') {
        child.kill('SIGINT');
        setTimeout(() => child.kill('SIGINT'), 1);
      }
    });
    // The second may come after the clean exit.
    expect(ended.signal === 'SIGINT' || ended.lines.at(-1)!.startsWith('aborted')).toBe(true);
    expectWhole(dir);
    await train(dir, EPOCHS);
    expectSame(dir);
  });
});
