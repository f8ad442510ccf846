import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Backend, CPU, NATIVE } from '../support/backends.js';
import { report, shortfalls } from './compare.js';
import { EXCEPTIONS } from './exceptions.js';
import { runSuite, type SuiteResult } from './run-suite.js';

const standIn = (name: string): Backend => ({
  name,
  entry: fileURLToPath(new URL(`stand-ins/${name}.ts`, import.meta.url)),
});

describe("tfjs-core's own specs", () => {
  let cpu: SuiteResult;
  let native: SuiteResult;
  beforeAll(async () => {
    cpu = await runSuite(CPU);
    native = await runSuite(NATIVE);
  }, 600_000);

  test('run in their thousands', () => {
    expect(cpu.specs.filter(({ status }) => status === 'passed').length).toBeGreaterThan(4_000);
  });

  test('pass on native where they pass on cpu', () => {
    expect(report(shortfalls(cpu, native, EXCEPTIONS))).toBe('');
  });
});

describe('the runner', () => {
  test("has tfjs-core's checks for leaks switched on", async () => {
    const { specs } = await runSuite(standIn('leaky'), 'square 1D array');
    expect(specs.map(({ message }) => message)).toContainEqual(
      expect.stringContaining("'leaky' has an internal memory leak (1 data ids) after running 'Square'"),
    );
  });

  test('names the spec that took the process down', async () => {
    await expect(runSuite(standIn('crashing'), 'square 1D array')).rejects.toThrow(
      /ended with SIGABRT in "square 1D array"/,
    );
  });
});
