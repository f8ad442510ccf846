import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseOptions } from '@pcam/cli';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { command } from '../../vitest.command.js';
import { runBench } from '../src/bench.js';
import { benchOptions } from '../src/options.js';
import { findPython, INSTALL } from '../src/python.js';
import { markdownReport } from '../src/report/report.js';
import type { Results } from '../src/results.js';

const bench = command(new URL('../src/cli.ts', import.meta.url));
const once = ['--engine', 'wasm', '--batch', '1', '--rounds', '1', '--iterations', '1'];
const quick = [...once, '--models', 'vit-small'];
const python = findPython();
if (python === undefined) console.log(`Skipped beside PyTorch: it is missing (${INSTALL}).`);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pcam-bench-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('ours alone: every row is timed, kernels are listed, files are written', async () => {
  const [json, markdown] = [join(folder, 'r.json'), join(folder, 'r.md')];
  const files = ['--json', json, '--markdown', markdown];
  const { status, stdout, stderr } = await bench([...quick, ...files, '--alone', '--kernels']);
  expect(stderr).toContain('vit-small train: ours');
  expect(status).toBe(0);
  const results = JSON.parse(readFileSync(json, 'utf8')) as Results;
  expect(results.rows.map(({ model, row }) => `${model} ${row}`)).toHaveLength(3);
  for (const { comparison, kernels } of results.rows) {
    expect(comparison.ours).toBeGreaterThan(0);
    expect(kernels!.kernels.length).toBeGreaterThan(5);
  }
  expect(stdout).not.toContain('PyTorch');
  expect(readFileSync(markdown, 'utf8')).toBe(markdownReport(results));
});

describe.skipIf(python === undefined)('beside PyTorch', () => {
  test('both sides compute the same numbers, and a ratio comes out', async () => {
    const options = parseOptions(benchOptions, [...once, '--models', 'resnet18', '--rows', 'constrained']);
    const { rows, torch } = await runBench(options, () => {});
    expect(rows).toHaveLength(1);
    for (const { differences, comparison, prepared } of rows) {
      expect(Math.max(...Object.values(differences!))).toBeLessThan(1e-3);
      expect(comparison.ratio).toBeGreaterThan(0);
      expect(['contiguous', 'channels_last']).toContain(prepared!.layout);
    }
    expect(rows[0]!.differences).toHaveProperty('constrained gradient norm');
    expect(torch!.torch).toBeDefined();
  }, 300_000); // seconds on a quiet machine; PyTorch's spinning threads take minutes on a crowded one
});

test('an interpreter without PyTorch is refused in one line that says what to install', async () => {
  const { status, stderr } = await bench([...quick, '--python', process.execPath]);
  expect(status).toBe(1);
  expect(stderr.trim()).toBe(
    `bench: PyTorch is missing (looked in ${process.execPath}): ${INSTALL}, or --alone to time ours alone`,
  );
});
