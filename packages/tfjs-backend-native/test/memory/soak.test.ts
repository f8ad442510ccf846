import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type Backend, NATIVE } from '../support/backends.js';
import { runOn } from '../support/run-on.js';
import { growth } from './growth.js';
import type { Sample } from './soak.js';

const MINUTES = 60_000;
/** The cpu backend, whose buffers are the garbage collector's, shows up to 0.007; 0.03 is 8 kB forgotten a step. */
const FLAT = 0.03;

/** V8 lets the space of young objects grow, in steps of megabytes, at moments of its own choice. */
const FLAGS = ['--expose-gc', '--max-semi-space-size=1'];

async function soak(backend: Backend, steps: number): Promise<Sample[]> {
  const script = new URL('soak.ts', import.meta.url);
  const { output, end, stderr } = await runOn(backend, script, [String(steps)], FLAGS);
  expect(end, stderr).toBe(0);
  return JSON.parse(output) as Sample[];
}

test(
  'a training run of 1,000 steps holds its resident memory flat',
  async () => {
    const [start, ...samples] = await soak(NATIVE, 1_000);
    expect(samples).toHaveLength(17);
    expect(samples.at(-1)!.loss).toBeLessThan(start!.loss / 10);
    for (const { numTensors, numBytes, numDataBuffers, numDataIds } of samples) {
      const held = { numTensors, numBytes, numDataBuffers, numDataIds };
      expect(held).toEqual({
        numTensors: start!.numTensors,
        numBytes: start!.numBytes,
        numDataBuffers: start!.numDataBuffers,
        numDataIds: start!.numDataIds,
      });
    }
    expect(growth(samples.map(({ resident }) => resident))).toBeLessThan(FLAT);
  },
  10 * MINUTES,
);

test(
  'a backend that gives nothing back is found out',
  async () => {
    const hoarding = fileURLToPath(new URL('stand-ins/hoarding.ts', import.meta.url));
    const [start, ...samples] = await soak({ name: 'hoarding', entry: hoarding }, 300);
    expect(samples.at(-1)!.numDataIds).toBe(start!.numDataIds);
    expect(growth(samples.map(({ resident }) => resident))).toBeGreaterThan(FLAT);
  },
  10 * MINUTES,
);

test('growth compares the medians of the first and the last third', () => {
  expect(growth([100, 500, 100, 0, 0, 0, 110, 110, 1])).toBeCloseTo(0.1);
  expect(growth([100, 200, 300, 400])).toBeCloseTo(350 / 150 - 1);
});
