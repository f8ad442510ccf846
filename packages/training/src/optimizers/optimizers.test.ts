import { readFileSync } from 'node:fs';
import { useEngine } from '@pcam/engine';
import { kernelCounts, resetKernelCounts, unavailable } from '@pcam/tfjs-backend-native';
import { memory, type NamedTensorMap, setBackend, tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { clipScale, squaredNorm } from '../clip.js';
import { disposeAll } from '../weights.js';
import { createOptimizer, type OptimizerConfig, resolveOptimizer } from './create.js';

interface Step {
  rate: number;
  gradients: Record<string, number[]>;
  norm: number | null;
  after: Record<string, number[]>;
}
interface Fixture {
  initial: Record<string, number[]>;
  shapes: Record<string, number[]>;
  trajectories: { name: string; clip: number | null; steps: Step[] }[];
}
const fixture = JSON.parse(
  readFileSync(new URL('../../test/fixtures/optimizers.json', import.meta.url), 'utf8'),
) as Fixture;

const configs: Record<string, OptimizerConfig> = {
  adamw: { name: 'adamw', weightDecay: 0.1 },
  'adamw-betas': { name: 'adamw', beta1: 0.8, beta2: 0.95, epsilon: 1e-3, weightDecay: 0 },
  'adamw-clipped': { name: 'adamw', weightDecay: 0.05 },
  sgd: { name: 'sgd', momentum: 0 },
  'sgd-momentum': { name: 'sgd', momentum: 0.9, weightDecay: 0.1 },
  'sgd-nesterov': { name: 'sgd', momentum: 0.8, nesterov: true, weightDecay: 0.01 },
};

function tensors(values: Record<string, number[]>): NamedTensorMap {
  return Object.fromEntries(
    Object.entries(values).map(([name, list]) => [name, tensor(list, fixture.shapes[name]!, 'float32')]),
  );
}

beforeAll(async () => void (await useEngine('cpu')));

function followTrajectories(): void {
  test.each(fixture.trajectories)('$name: every parameter of every step', ({ name, clip, steps }) => {
    const before = memory().numTensors;
    const optimizer = createOptimizer(configs[name]!);
    let parameters = tensors(fixture.initial);
    let state = optimizer.init(parameters);
    let clipped = false;
    for (const [step, { rate, gradients: values, norm, after }] of steps.entries()) {
      const gradients = tensors(values);
      let gradientScale = 1;
      if (clip !== null) {
        const squared = squaredNorm(gradients);
        const measured = Math.sqrt(squared.dataSync()[0]!);
        squared.dispose();
        expect(measured).toBeCloseTo(norm!, 6);
        gradientScale = clipScale(measured, clip);
        clipped ||= gradientScale < 1;
      }
      const next = optimizer.update({
        parameters,
        gradients,
        state,
        step,
        learningRate: rate,
        gradientScale,
      });
      for (const used of [parameters, gradients, state]) disposeAll(used);
      ({ parameters, state } = next);
      for (const [key, wanted] of Object.entries(after)) {
        const got = [...parameters[key]!.dataSync()];
        for (const [i, value] of wanted.entries()) expect(Math.abs(got[i]! - value)).toBeLessThan(2e-6);
      }
    }
    expect(clipped).toBe(clip !== null);
    disposeAll(parameters);
    disposeAll(state);
    expect(memory().numTensors).toBe(before);
  });
}

describe('against PyTorch', followTrajectories);

describe.skipIf(unavailable !== undefined)('against PyTorch, in the kernels of engine native', () => {
  beforeAll(async () => {
    await setBackend('native');
    resetKernelCounts();
  });
  followTrajectories();
  test('which ran', async () => {
    for (const name of ['AdamW', 'SgdMomentum', 'SquaredNorm']) {
      expect(kernelCounts().get(name)).toMatchObject({ copied: 0 });
    }
    await setBackend('cpu');
  });
});

test('a parameter without a gradient keeps its value and its state', () => {
  const optimizer = createOptimizer({ name: 'adamw', weightDecay: 0.5 });
  const parameters = tensors(fixture.initial);
  const { w, v } = tensors(fixture.initial);
  const first = optimizer.init(parameters);
  const { state, parameters: next } = optimizer.update({
    parameters,
    gradients: { w: w!, v: v! },
    state: first,
    step: 0,
    learningRate: 0.1,
  });
  expect([...next.b!.dataSync()]).toEqual([...parameters.b!.dataSync()]);
  expect([...state['moment1/b']!.dataSync()]).toEqual([0, 0]);
  expect([...next.w!.dataSync()]).not.toEqual([...parameters.w!.dataSync()]);
});

test('state of other parameters is refused', () => {
  const optimizer = createOptimizer({ name: 'sgd' });
  const parameters = tensors(fixture.initial);
  expect(() =>
    optimizer.update({ parameters, gradients: parameters, state: {}, step: 0, learningRate: 1 }),
  ).toThrow("optimizer: the state lacks 'velocity/w'");
});

test('configurations are checked and completed', () => {
  expect(resolveOptimizer({ name: 'sgd', nesterov: true })).toEqual({
    name: 'sgd',
    learningRate: 0.1,
    momentum: 0.9,
    nesterov: true,
    weightDecay: 0,
  });
  const bad =
    (config: unknown): (() => unknown) =>
    () =>
      resolveOptimizer(config as OptimizerConfig);
  expect(bad({ name: 'adam' })).toThrow(
    "optimizer: name must be one of adamw, sgd, got 'adam'; did you mean 'adamw'?",
  );
  expect(bad({ name: 'sgd', beta1: 0.9 })).toThrow("optimizer sgd: unknown option 'beta1'");
  expect(bad({ name: 'adamw', beta2: 1 })).toThrow('optimizer adamw: beta2 must be in [0, 1), got 1');
  expect(bad({ name: 'adamw', learningRate: '1' })).toThrow('learningRate must be a number');
  expect(bad({ name: 'adamw', weightDecay: Number.NaN })).toThrow(
    'weightDecay must be in [0, Infinity), got NaN',
  );
});
