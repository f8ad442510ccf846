import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { useEngine } from '../src/index.js';
import { difference } from './compare.js';
import { FAST, type Fast } from './engines.js';
import { NETS, parametersOf } from './nets.js';

describe.each(Object.entries(NETS))('%s net', (_, { loss, shapes }) => {
  const run = async (engine: 'cpu' | Fast): Promise<number[][]> => {
    await useEngine(engine);
    const { value, grads } = tf.valueAndGrads(loss)(parametersOf(shapes));
    return Promise.all([value, ...grads].map(async (tensor) => Array.from(await tensor.data())));
  };

  test.each(FAST)('loss and gradients on %s are those on cpu', async (engine) => {
    const [own, reference] = [await run(engine), await run('cpu')];
    own.forEach((values, i) => {
      expect(difference(values, reference[i]!), `output ${i}`).toBeLessThan(1e-5);
    });
  });

  test.each(FAST)('the gradient on %s is the slope of the loss', async (engine) => {
    await useEngine(engine);
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

  test.each(FAST)('no tensor and no memory of %s is left over by training steps', async (engine) => {
    await useEngine(engine);
    const variables = parametersOf(shapes).map((parameter) => tf.variable(parameter));
    const optimizer = tf.train.sgd(0.01);
    const step = (): void => {
      optimizer.minimize(() => loss(...variables));
    };
    for (let i = 0; i < 3; i++) step();
    const [tensors, bytes] = [tf.memory().numTensors, memoryInUse()];
    for (let i = 0; i < 30; i++) step();
    expect(tf.memory().numTensors).toBe(tensors);
    expect(memoryInUse()).toBe(bytes);
  });
});

/** Bytes of wasm's memory, or of native's tensors and what is kept for the next ones. */
function memoryInUse(): number {
  const { wasm } = tf.backend() as unknown as { wasm?: { HEAPU8: Uint8Array } };
  if (wasm) return wasm.HEAPU8.length;
  const { liveBytes, idleBytes } = tf.memory() as unknown as { liveBytes: number; idleBytes: number };
  return liveBytes + idleBytes;
}
