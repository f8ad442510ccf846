import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadAddon } from '../src/addon.js';
import { type Given, given, odd, type Result, RUNS, run, runNatively, upTo } from './against-cpu.js';
import {
  type Case,
  epsilon,
  expectNear,
  forward,
  gradient,
  moments,
} from './support/batch-norm-definition.js';

const asGiven = ({ shape, values }: Result): Given => ({ shape, values });

const shapes = fc.tuple(upTo(3), upTo(7), upTo(5), fc.constantFrom(1, 3, 4, 8, 13, 16, 31, 64, 75));

async function expectRight(of: Case, inputs: Record<string, Given>, dy: Given): Promise<void> {
  const attrs = { epsilon, activation: of.rectified ? 'relu' : 'linear' };
  const addon = loadAddon();
  const usual = addon.instructionSet();
  for (const set of new Set([usual, 'portable'])) {
    addon.useInstructionSet(set);
    const [y, mean, variance] = await runNatively('BatchNormTrain', inputs, attrs);
    const wanted = forward(of);
    expectNear(mean!, wanted.mean, 2e-6);
    expectNear(variance!, wanted.variance, 1e-5);
    expectNear(y!, wanted.y, 2e-5);
    const all = { ...inputs, dy, mean: asGiven(mean!), variance: asGiven(variance!) };
    const [dx, dWeight, dBias] = await runNatively('BatchNormTrainGrad', all, attrs);
    const slopes = gradient(of, dy.values);
    const size = 1 + Math.max(...Array.from(of.weight, Math.abs)) / Math.sqrt(epsilon);
    expectNear(dx!, slopes.dx, 2e-5 * size);
    expectNear(dBias!, slopes.dBias, 2e-5);
    expectNear(dWeight!, slopes.dWeight, 2e-5 * (of.x.length / of.channels) ** 0.5);
  }
  addon.useInstructionSet(usual);
}

test('value, statistics and gradients are the closed forms, for any shape', async () => {
  const scene = shapes.chain((shape) =>
    fc.record({
      seed: fc.nat(1000),
      x: fc.nat(1000).map((seed) => given(shape, seed)),
      rectified: fc.boolean(),
      offset: fc.constantFrom(0, 3, -100),
    }),
  );
  await fc.assert(
    fc.asyncProperty(scene, async ({ x, seed, rectified, offset }) => {
      const channels = x.shape.at(-1)!;
      const values = Float32Array.from(x.values, (v) => v + offset);
      const weight = given([channels], seed);
      const bias = given([channels], seed + 1);
      const of = { x: values, channels, weight: weight.values, bias: bias.values, rectified };
      // Where y is nearly zero, rounding decides what the ReLU lets through.
      fc.pre(!rectified || forward({ ...of, rectified: false }).y.every((v) => Math.abs(v) > 1e-4));
      await expectRight(of, { x: { ...x, values }, weight, bias }, given(x.shape, seed + 2));
    }),
    RUNS,
  );
});

test('statistics survive a mean a thousand deviations away, over many rows', async () => {
  const x = given([40, 32, 32, 5]);
  const values = Float32Array.from(x.values, (v, i) => v + 1000 * (1 + (i % 5)));
  const wanted = moments({ x: values, channels: 5, weight: [], bias: [], rectified: false });
  const ones = { shape: [5], values: [1, 1, 1, 1, 1] };
  const inputs = { x: { ...x, values }, weight: ones, bias: ones };
  const [, mean, variance] = await runNatively('BatchNormTrain', inputs, { epsilon });
  mean!.values.forEach((v, c) => void expect(v / wanted.mean[c]! - 1).toBeCloseTo(0, 6));
  variance!.values.forEach((v, c) => void expect(v / wanted.variance[c]! - 1).toBeCloseTo(0, 5));
});

test('a channel with NaN or infinity is NaN in its statistics, and no other channel is', async () => {
  await fc.assert(
    fc.asyncProperty(odd([2, 3, 4, 9]), async (x) => {
      const ones = { shape: [9], values: new Array(9).fill(1) };
      const inputs = { x, weight: ones, bias: ones };
      const [y, , variance] = await runNatively('BatchNormTrain', inputs, { epsilon, activation: 'relu' });
      for (let c = 0; c < 9; c++) {
        const finite = Array.from(x.values).every((v, i) => i % 9 !== c || Number.isFinite(v));
        expect(Number.isNaN(variance!.values[c])).toBe(!finite);
        y!.values.forEach((v, i) => void (i % 9 === c && expect(Number.isNaN(v)).toBe(!finite)));
      }
    }),
    RUNS,
  );
});

test.each([3, 9, 24, 35])('%d channels over many rows, side by side in many pieces', async (channels) => {
  const [x, weight, bias] = [given([8, 24, 24, channels], 1), given([channels], 2), given([channels], 3)];
  const of = { x: x.values, channels, weight: weight.values, bias: bias.values, rectified: false };
  await expectRight(of, { x, weight, bias }, given(x.shape, 4));
});

test('an empty batch gives no values and gradients of zero', async () => {
  const three = { shape: [3], values: [1, 2, 3] };
  const none = { shape: [0, 4, 4, 3], values: [] };
  const [y] = await run('native', 'BatchNormTrain', { x: none, weight: three, bias: three }, { epsilon });
  expect(y).toMatchObject({ shape: [0, 4, 4, 3], values: [] });
  const inputs = { x: none, dy: none, weight: three, bias: three, mean: three, variance: three };
  const [dx, dWeight, dBias] = await run('native', 'BatchNormTrainGrad', inputs, { epsilon });
  expect(dx!.values).toEqual([]);
  expect([dWeight!.values, dBias!.values]).toEqual([
    [0, 0, 0],
    [0, 0, 0],
  ]);
});

test('shapes that do not fit are refused', async () => {
  const inputs = { x: given([2, 2, 2, 3]), weight: given([4]), bias: given([3]) };
  await expect(run('native', 'BatchNormTrain', inputs, { epsilon })).rejects.toThrow('batch norm');
});
