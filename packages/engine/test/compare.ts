import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { useEngine } from '../src/index.js';
import { FAST, type Fast } from './engines.js';

export interface Input {
  readonly shape: readonly number[];
  readonly dtype?: 'float32' | 'int32';
  /** Given values, or else a fixed sequence of distinct numbers in (-1.5, 1.5). */
  readonly values?: readonly number[];
}

export type Op = (...inputs: tf.Tensor[]) => tf.Tensor;

/** Distinct, without ties and without values at kinks, and the same on every engine. */
export function sequence(length: number, seed = 0): Float32Array {
  return Float32Array.from({ length }, (_, i) => {
    const x = Math.sin((i + 1) * 12.9898 + seed * 78.233) * 43758.5453;
    return (x - Math.floor(x)) * 3 - 1.5;
  });
}

function tensorOf({ shape, dtype = 'float32', values }: Input, seed: number): tf.Tensor {
  const size = tf.util.sizeFromShape([...shape]);
  return tf.tensor(values ?? sequence(size, seed), [...shape], dtype);
}

/** The op's value and, for weights like those of a real loss, its gradients in the float inputs. */
async function evaluate(engine: 'cpu' | Fast, op: Op, inputs: readonly Input[]): Promise<number[][]> {
  await useEngine(engine);
  const tensors = inputs.map(tensorOf);
  const results = tf.tidy(() => {
    const value = op(...tensors);
    const floats = tensors.filter((_, i) => inputs[i]!.dtype !== 'int32');
    const withFloats = (...given: tf.Tensor[]): tf.Tensor => {
      const rest = [...given];
      return op(...tensors.map((tensor, i) => (inputs[i]!.dtype === 'int32' ? tensor : rest.shift()!)));
    };
    const dy = tf.tensor(sequence(value.size, 99), value.shape);
    return [value, ...tf.grads(withFloats)(floats, dy)];
  });
  const numbers = await Promise.all(results.map(async (tensor) => Array.from(await tensor.data())));
  tf.dispose([...results, ...tensors]);
  return numbers;
}

/** Largest difference, relative to the largest magnitude of what is compared. */
export function difference(a: readonly number[], b: readonly number[]): number {
  expect(a.length).toBe(b.length);
  const size = b.reduce((max, value) => Math.max(max, Math.abs(value)), 1);
  const worst = a.map((value, i) => (Object.is(value, b[i]) ? 0 : Math.abs(value - b[i]!) / size));
  return worst.reduce((x, y) => (Number.isNaN(y) ? Number.POSITIVE_INFINITY : Math.max(x, y)), 0);
}

/** Expects values and gradients on wasm and native to be those of the cpu engine, and no tensor to be left over. */
export async function expectLikeCpu(op: Op, inputs: readonly Input[], tolerance = 2e-5): Promise<void> {
  const reference = await evaluate('cpu', op, inputs);
  for (const engine of FAST) {
    const before = tf.memory().numTensors;
    const own = await evaluate(engine, op, inputs);
    expect(tf.memory().numTensors, engine).toBe(before);
    expect(own.length).toBe(reference.length);
    for (const [i, numbers] of own.entries()) {
      const what = `${engine}: ${i === 0 ? 'value' : `gradient ${i}`}`;
      expect(difference(numbers, reference[i]!), what).toBeLessThan(tolerance);
    }
  }
}
