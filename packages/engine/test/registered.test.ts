import { registerGradients } from '@pcam/tfjs-gradients';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { useEngine } from '../src/index.js';

test('a gradient registered before stays, and calling twice changes nothing', async () => {
  const own: tf.GradConfig = {
    kernelName: 'Exp',
    inputsToSave: ['x'],
    gradFunc: (dy, [x]) => ({ x: () => tf.mul(dy as tf.Tensor, tf.exp(x!)) }),
  };
  tf.registerGradient(own);
  await registerGradients();
  expect(tf.getGradient('Exp')).toBe(own);
  const relu = tf.getGradient('Relu');
  expect(relu).toBeDefined();
  await useEngine('cpu');
  await useEngine('wasm');
  expect(tf.getGradient('Exp')).toBe(own);
  expect(tf.getGradient('Relu')).toBe(relu);
});

test('a gradient registered afterwards stays when the engine is switched', async () => {
  await useEngine('cpu');
  const own: tf.GradConfig = { kernelName: 'Tanh', gradFunc: (dy) => ({ x: () => dy as tf.Tensor }) };
  tf.registerGradient(own);
  await useEngine('wasm');
  expect(tf.getGradient('Tanh')).toBe(own);
});
