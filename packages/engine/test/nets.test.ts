import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { useEngine } from '../src/index.js';
import { difference } from './compare.js';
import { NETS, parametersOf } from './nets.js';

describe.each(Object.entries(NETS))('%s net', (_, { loss, shapes }) => {
  const run = async (engine: 'cpu' | 'wasm'): Promise<number[][]> => {
    await useEngine(engine);
    const { value, grads } = tf.valueAndGrads(loss)(parametersOf(shapes));
    return Promise.all([value, ...grads].map(async (tensor) => Array.from(await tensor.data())));
  };

  test('loss and gradients on wasm are those on cpu', async () => {
    const [own, reference] = [await run('wasm'), await run('cpu')];
    own.forEach((values, i) => {
      expect(difference(values, reference[i]!), `output ${i}`).toBeLessThan(1e-5);
    });
  });

  test('the gradient is the slope of the loss', async () => {
    await useEngine('wasm');
    const parameters = parametersOf(shapes);
    const { grads } = tf.valueAndGrads(loss)(parameters);
    // Along the gradient itself the slope is its squared norm.
    const along = async (step: number): Promise<number> => {
      const moved = parameters.map((parameter, i) => tf.add(parameter, tf.mul(grads[i]!, step)));
      return (await loss(...moved).data())[0]!;
    };
    const norm = (await tf.addN(grads.map((gradient) => tf.sum(tf.square(gradient)))).data())[0]!;
    const step = 2e-3 / Math.max(1, Math.sqrt(norm));
    const slope = ((await along(step)) - (await along(-step))) / (2 * step);
    expect(slope / norm).toBeGreaterThan(0.97);
    expect(slope / norm).toBeLessThan(1.03);
  });

  test('no tensor and no wasm memory is left over by training steps', async () => {
    await useEngine('wasm');
    const variables = parametersOf(shapes).map((parameter) => tf.variable(parameter));
    const optimizer = tf.train.sgd(0.01);
    const step = (): void => {
      optimizer.minimize(() => loss(...variables));
    };
    const { wasm } = tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } };
    for (let i = 0; i < 3; i++) step();
    const [tensors, bytes] = [tf.memory().numTensors, wasm.HEAPU8.length];
    for (let i = 0; i < 30; i++) step();
    expect(tf.memory().numTensors).toBe(tensors);
    expect(wasm.HEAPU8.length).toBe(bytes);
  });
});
