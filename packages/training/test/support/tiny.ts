import type { ForwardOptions, Model } from '@pcam/models';
import {
  createLoader,
  createMemoryDataset,
  type Dataset,
  type MemoryDataset,
  type SeededLoader,
} from '@pcam/pcam-data';
import {
  add,
  dropout,
  matMul,
  mean,
  mul,
  relu,
  reshape,
  sub,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tensor,
  tidy,
  type Variable,
  variable,
} from '@tensorflow/tfjs-core';

/** Small numbers from a small generator (Park & Miller). */
export function numbers(count: number, seed: number): Float32Array {
  let state = (seed * 48271 + 11) % 2147483647;
  return Float32Array.from({ length: count }, () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647 - 0.5;
  });
}

const SIZE = 32;

/** Patches of 32×32 pixels, bright ones positive; every one different. */
export function tinyData(n: number, seed = 1): MemoryDataset {
  const noise = numbers(n * SIZE * SIZE * 3, seed);
  const labels = Uint8Array.from({ length: n }, (_, i) => (i * 5 + seed) % 2);
  const perPatch = SIZE * SIZE * 3;
  const images = Uint8Array.from(
    noise,
    (value, i) => 110 + value * 160 + (labels[Math.floor(i / perPatch)] ? 20 : 0),
  );
  return createMemoryDataset({ images, labels, height: SIZE, width: SIZE, name: `tiny-${n}-${seed}` });
}

export function tinyLoader(dataset: Dataset, batchSize = 4): SeededLoader {
  return createLoader(dataset, { batchSize, shuffle: true, seed: 3 });
}

/**
 * A network with one of each thing that training must get right: matrices, biases, running
 * statistics and dropout. Fast enough for thousands of steps on the cpu engine.
 */
export function tinyModel(seed = 1): Model {
  const variables = new Map<string, Variable>();
  const create = (name: string, shape: number[], scale = 0): Variable => {
    const count = shape.reduce((a, b) => a * b, 1);
    const values = numbers(count, seed * 100 + variables.size).map((value) => value * scale);
    const initial = tensor(values, shape, 'float32');
    const created = variable(initial, !name.startsWith('norm'));
    initial.dispose();
    variables.set(name, created);
    return created;
  };
  const weights = create('hidden/weights', [48, 6], 0.6);
  const bias = create('hidden/bias', [6]);
  const running = create('norm/mean', [6]);
  const head = create('head/weights', [6, 1], 2);
  const headBias = create('head/bias', [1]);
  return {
    config: { name: 'tiny', seed },
    layers: [{ name: 'hidden', kind: 'tokens', channels: 6, stride: SIZE, origin: 0, classTokens: 0 }],
    stride: SIZE,
    variables,
    forward(
      images: Tensor4D,
      { training = false, tap = (_, x) => x, seed: dropSeed = 0 }: ForwardOptions = {},
    ) {
      return tidy(() => {
        const n = images.shape[0];
        const cells = reshape(mean(reshape(images, [n * 4, 8, 4, 8, 3]), [1, 3]), [n, 48]);
        const input = mul(sub(cells, 0.45), 10) as Tensor2D;
        const linear = add(matMul(input, weights as unknown as Tensor2D), bias);
        const hidden = tap('hidden', reshape(linear, [n, 1, 6]));
        const batchMean = mean(hidden, [0, 1]);
        if (training) running.assign(add(mul(running, 0.9), mul(batchMean, 0.1)));
        const centred = reshape(relu(sub(hidden, training ? batchMean : running)), [n, 6]);
        const kept = training ? dropout(centred, 0.25, undefined, dropSeed) : centred;
        return reshape(add(matMul(kept, head as unknown as Tensor2D), headBias), [-1]) as Tensor1D;
      });
    },
    dispose() {
      for (const each of variables.values()) each.dispose();
    },
  };
}

/** All weights, for comparing bit by bit. */
export async function bits(model: Model): Promise<Record<string, number[]>> {
  const out: Record<string, number[]> = {};
  for (const [name, value] of model.variables) out[name] = Array.from(await value.data());
  return out;
}
