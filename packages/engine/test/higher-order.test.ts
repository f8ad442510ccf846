import { enableHigherOrderGradients } from '@pcam/tfjs-gradients';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { changed, firstOrderOfAll } from '../../tfjs-gradients/test/sweep/first-order.js';
import { nameOf, within } from '../../tfjs-gradients/test/sweep/inputs.js';
import { rows } from '../../tfjs-gradients/test/sweep/rows.js';
import {
  errors,
  kernelsOf,
  registered,
  TOLERANCE,
  type Values,
} from '../../tfjs-gradients/test/sweep/second-order.js';
import { useEngine } from '../src/index.js';
import { FAST } from './engines.js';

const engines = ['cpu', ...FAST] as const;

await useEngine('cpu');
const any: Values = within(-1, 1, [2, 3]);
const expBefore = errors(tf.exp, [any]);
const before = firstOrderOfAll();
enableHigherOrderGradients();

describe('without it', () => {
  it('exp is wrong at second order, which shows that this test can fail', () => {
    expect(expBefore.first).toBeLessThan(TOLERANCE);
    expect(expBefore.second).toBeGreaterThan(0.1);
  });

  it('first-order gradients are the same, bit for bit, but for those that were wrong or missing', () => {
    expect([...before.values()].filter(({ numbers, wrong }) => numbers && !wrong).length).toBeGreaterThan(
      100,
    );
    expect(changed(before)).toEqual([]);
  });
});

it('twice is as good as once, and the gradient of another kernel stays', () => {
  const own: tf.GradConfig = { kernelName: 'Mine', gradFunc: (dy) => ({ x: () => dy as tf.Tensor }) };
  tf.registerGradient(own);
  enableHigherOrderGradients();
  expect(tf.getGradient('Mine')).toBe(own);
  tf.unregisterGradient('Mine');
  expect(errors(tf.exp, [any]).second).toBeLessThan(TOLERANCE);
});

it('there is a row for every kernel with a gradient that an engine has', async () => {
  const backends = tf.engine().backendNames();
  const runs = (kernel: string): boolean => backends.some((backend) => tf.getKernel(kernel, backend));
  const tested = new Set(rows.map(({ kernel }) => kernel));
  expect(registered().filter((kernel) => runs(kernel) && !tested.has(kernel))).toEqual([]);
  for (const { kernel, op, inputs } of rows) {
    if (kernel) expect(await kernelsOf(op, inputs)).toContain(kernel);
  }
});

describe.each(engines)('on %s', (engine) => {
  beforeAll(async () => {
    await useEngine(engine);
    // Switching engines registers no gradient anew.
    expect(tf.getGradient('MaxPoolGrad')).toBeDefined();
  });

  it.each(rows.map((row) => [nameOf(row), row] as const))('%s', (_, { op, inputs }) => {
    const tensors = tf.memory().numTensors;
    const { first, second } = errors(op, inputs);
    expect(first, 'first order').toBeLessThan(TOLERANCE);
    expect(second, 'second order').toBeLessThan(TOLERANCE);
    expect(tf.memory().numTensors).toBe(tensors);
  });
});
