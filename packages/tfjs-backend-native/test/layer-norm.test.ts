import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadAddon } from '../src/addon.js';
import { type Given, given, odd, RUNS, run, runNatively, upTo } from './against-cpu.js';

const epsilon = 1e-6;

/** The definition and its gradients, in double, row by row. */
function closedForm(x: Given, dy: Given, weight: Given, bias: Given) {
  const features = x.shape.at(-1)!;
  const y: number[] = [];
  const dx: number[] = [];
  const dWeight = new Array<number>(features).fill(0);
  const dBias = new Array<number>(features).fill(0);
  const meanOf = (row: number[]): number => row.reduce((sum, v) => sum + v, 0) / features;
  for (let start = 0; start < x.values.length; start += features) {
    const row = Array.from({ length: features }, (_, i) => x.values[start + i]!);
    const slopes = Array.from({ length: features }, (_, i) => dy.values[start + i]!);
    const mean = meanOf(row);
    const inverse = 1 / Math.sqrt(meanOf(row.map((v) => (v - mean) ** 2)) + epsilon);
    const normalised = row.map((v) => (v - mean) * inverse);
    const g = slopes.map((v, i) => v * weight.values[i]!);
    const level = meanOf(g);
    const along = meanOf(g.map((v, i) => v * normalised[i]!));
    normalised.forEach((v, i) => {
      y.push(v * weight.values[i]! + bias.values[i]!);
      dx.push((g[i]! - level - v * along) * inverse);
      dWeight[i]! += slopes[i]! * v;
      dBias[i]! += slopes[i]!;
    });
  }
  return { y, dx, dWeight, dBias };
}

function expectNear(got: readonly number[], wanted: readonly number[], tolerance: number): void {
  expect(got.length).toBe(wanted.length);
  wanted.forEach((value, i) => {
    if (!(Math.abs(got[i]! - value) <= tolerance * (1 + Math.abs(value))))
      expect(got[i], `value ${i}`).toBe(value);
  });
}

test('value and gradients are the closed forms, for any shape', async () => {
  // One feature normalises to zero, divided by √ε: nothing but rounding is left of its gradient.
  const scene = fc.record({
    shape: fc.tuple(upTo(3, 0), upTo(40), fc.constantFrom(3, 4, 8, 11, 16, 31, 64, 100)),
    seed: fc.nat(1000),
    offset: fc.constantFrom(0, 50),
  });
  await fc.assert(
    fc.asyncProperty(scene, async ({ shape, seed, offset }) => {
      const plain = given(shape, seed);
      const x = { shape, values: Float32Array.from(plain.values, (v) => v + offset) };
      const dy = given(shape, seed + 1);
      const weight = given([shape[2]], seed + 2);
      const bias = given([shape[2]], seed + 3);
      const wanted = closedForm(x, dy, weight, bias);
      const addon = loadAddon();
      const usual = addon.instructionSet();
      for (const set of new Set([usual, 'portable'])) {
        addon.useInstructionSet(set);
        const [y] = await runNatively('LayerNorm', { x, weight, bias }, { epsilon });
        expect(y!.shape).toEqual(shape);
        expectNear(y!.values, wanted.y, 1e-4);
        const [dx, dWeight, dBias] = await runNatively('LayerNormGrad', { x, dy, weight }, { epsilon });
        expectNear(dx!.values, wanted.dx, 5e-4);
        expectNear(dWeight!.values, wanted.dWeight, 2e-4);
        expectNear(dBias!.values, wanted.dBias, 2e-5);
      }
      addon.useInstructionSet(usual);
    }),
    RUNS,
  );
});

test('a row with NaN or infinity is NaN, and no other row is', async () => {
  await fc.assert(
    fc.asyncProperty(odd([6, 11]), async (x) => {
      const ones = { shape: [11], values: new Array(11).fill(1) };
      const [y] = await runNatively('LayerNorm', { x, weight: ones, bias: ones }, { epsilon });
      for (let row = 0; row < 6; row++) {
        const finite = Array.from(x.values)
          .slice(11 * row, 11 * row + 11)
          .every(Number.isFinite);
        for (let i = 0; i < 11; i++) expect(Number.isNaN(y!.values[11 * row + i])).toBe(!finite);
      }
    }),
    RUNS,
  );
});

test('shapes that do not fit are refused', async () => {
  const inputs = { x: given([2, 3]), weight: given([4]), bias: given([3]) };
  await expect(run('native', 'LayerNorm', inputs, { epsilon })).rejects.toThrow('layer norm');
});
