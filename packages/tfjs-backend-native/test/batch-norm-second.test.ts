import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadAddon } from '../src/addon.js';
import { type Given, given, numbers, RUNS, run, runNatively, upTo } from './against-cpu.js';
import {
  type Case,
  epsilon,
  expectNear,
  forward,
  gradient,
  moments,
  secondGradient,
} from './support/batch-norm-definition.js';

const kernel = 'BatchNormTrainGradGrad';

interface Scene {
  readonly of: Case;
  readonly inputs: Record<string, Given>;
}

function scene(shape: number[], seed: number, rectified: boolean, offset = 0): Scene {
  const channels = shape.at(-1)!;
  const x = { shape, values: Float32Array.from(given(shape, seed).values, (v) => v + offset) };
  const [weight, bias] = [given([channels], seed + 1), given([channels], seed + 2)];
  const [dy, v] = [given(shape, seed + 3), given(shape, seed + 4)];
  const of = { x: x.values, channels, weight: weight.values, bias: bias.values, rectified };
  const { mean, variance } = moments(of);
  const vector = (values: number[]): Given => ({ shape: [channels], values });
  return { of, inputs: { x, dy, v, weight, bias, mean: vector(mean), variance: vector(variance) } };
}

/** Where y is nearly zero, rounding decides what the ReLU lets through. */
const clear = ({ of }: Scene): boolean =>
  !of.rectified || forward({ ...of, rectified: false }).y.every((v) => Math.abs(v) > 1e-4);

test.each([false, true])('the closed form is the slope of the gradient, with ReLU: %s', (rectified) => {
  const { of, inputs } = scene([3, 2, 2, 3], 5, rectified);
  const v = inputs.v!.values;
  const slopes = secondGradient(of, inputs.dy!.values, v);
  const along = { dDy: inputs.dy!.values, dx: of.x, dWeight: of.weight };
  const loss = (changed: Partial<Record<keyof typeof along, number[]>>): number => {
    const { dx: x, dWeight: weight, dDy: dy } = { ...along, ...changed };
    return gradient({ ...of, x, weight }, dy).dx.reduce((sum, slope, i) => sum + slope * v[i]!, 0);
  };
  for (const key of ['dDy', 'dx', 'dWeight'] as const) {
    slopes[key].forEach((slope, i) => {
      const moved = (step: number): number[] => Array.from(along[key], (x, j) => (j === i ? x + step : x));
      const difference = (loss({ [key]: moved(1e-5) }) - loss({ [key]: moved(-1e-5) })) / 2e-5;
      expect(slope, `${key} ${i}`).toBeCloseTo(difference, 5);
    });
  }
});

test('the kernel is the closed form, for any shape', async () => {
  const addon = loadAddon();
  const usual = addon.instructionSet();
  const shapes = fc.tuple(upTo(3), upTo(7), upTo(5), fc.constantFrom(1, 3, 4, 8, 13, 16, 31, 64, 75));
  const offsets = fc.constantFrom(0, 3, -100);
  await fc.assert(
    fc.asyncProperty(shapes, fc.nat(1000), fc.boolean(), offsets, async (shape, seed, rectified, offset) => {
      const given = scene(shape, seed, rectified, offset);
      fc.pre(clear(given));
      for (const set of new Set([usual, 'portable'])) {
        addon.useInstructionSet(set);
        await expectRight(given);
      }
      addon.useInstructionSet(usual);
    }),
    RUNS,
  );
});

test('many pieces, shared out among threads', async () => {
  const { of, inputs } = scene([8, 24, 24, 35], 3, false);
  await expectRight({ of, inputs });
  await runNatively(kernel, inputs, { epsilon, activation: 'relu' });
});

test('an empty batch gives no values and a slope of zero along the weight', async () => {
  const three = { shape: [3], values: [1, 2, 3] };
  const none = { shape: [0, 4, 4, 3], values: [] };
  const vectors = { weight: three, bias: three, mean: three, variance: three };
  const results = await run('native', kernel, { x: none, dy: none, v: none, ...vectors }, { epsilon });
  expect(results.map(({ values }) => values)).toEqual([[], [], [0, 0, 0]]);
});

test('NaN stays in its channel', async () => {
  const { inputs } = scene([2, 3, 4, 9], 7, false);
  const values = numbers(2 * 3 * 4 * 9, 8);
  values[9 + 4] = Number.NaN;
  const results = await runNatively(kernel, { ...inputs, v: { ...inputs.v!, values } }, { epsilon });
  for (const result of results) {
    result.values.forEach((v, i) => void expect(Number.isNaN(v), `value ${i}`).toBe(i % 9 === 4));
  }
});

test.each(['dy', 'v', 'mean'])('a %s whose shape does not fit is refused', async (name) => {
  const { inputs } = scene([2, 2, 2, 3], 1, false);
  await expect(run('native', kernel, { ...inputs, [name]: given([2]) }, { epsilon })).rejects.toThrow(/orm/);
});

async function expectRight({ of, inputs }: Scene): Promise<void> {
  const attrs = { epsilon, activation: of.rectified ? 'relu' : 'linear' };
  const [dDy, dx, dWeight] = await runNatively(kernel, inputs, attrs);
  const slopes = secondGradient(of, inputs.dy!.values, inputs.v!.values);
  // How far rounding of x − μ, as large as the mean is, reaches.
  const steep = 1 / Math.sqrt(epsilon + Math.min(...Array.from(inputs.variance!.values)));
  const size = 1 + 2 * steep;
  expectNear(dDy!, slopes.dDy, 2e-5 * size);
  expectNear(dx!, slopes.dx, 2e-5 * size * size);
  expectNear(dWeight!, slopes.dWeight, 2e-5 * size * (of.x.length / of.channels) ** 0.5);
}
