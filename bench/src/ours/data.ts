import { readFile, writeFile } from 'node:fs/promises';
import {
  createModel,
  decodeSafetensors,
  encodeSafetensors,
  type ModelConfig,
  type NamedTensor,
  readWeights,
  writeWeights,
} from '@pcam/models';
import { saveModel } from '@pcam/models/node';
import { type Tensor1D, type Tensor4D, tensor1d, tensor4d } from '@tensorflow/tfjs-core';
import { MODELS, SIZE } from '../catalogue.js';
import type { Files } from '../protocol.js';

/** A batch as the training loop takes it. */
export interface Data {
  readonly images: Tensor4D;
  readonly labels: Tensor1D;
  readonly index: Int32Array;
}

/** Makes the model and the images that both sides read. */
export async function writeFiles(
  { model: key, weights, data }: Files,
  batch: number,
  seed: number,
): Promise<ModelConfig> {
  const random = uniform(seed);
  const model = createModel({ ...MODELS[key], seed });
  const shaken = [...(await readWeights(model))].map(
    ([name, value]) => [name, shake(value, random)] as const,
  );
  writeWeights(model, new Map(shaken));
  await saveModel(model, weights);
  model.dispose();
  const images = Float32Array.from({ length: batch * SIZE * SIZE * 3 }, random);
  const labels = Float32Array.from({ length: batch }, (_, i) => i % 2);
  const content = new Map([
    ['images', { shape: [batch, SIZE, SIZE, 3], values: images }],
    ['labels', { shape: [batch], values: labels }],
  ]);
  await writeFile(data, encodeSafetensors(content));
  return model.config;
}

/** The first `count` images, all by default. */
export async function readData(path: string, count?: number): Promise<Data> {
  const { tensors } = decodeSafetensors(await readFile(path));
  const labels = tensors.get('labels')!.values.slice(0, count);
  const images = tensors.get('images')!.values.slice(0, labels.length * SIZE * SIZE * 3);
  return {
    images: tensor4d(images, [labels.length, SIZE, SIZE, 3], 'float32'),
    labels: tensor1d(labels, 'float32'),
    index: Int32Array.from(labels, (_, i) => i),
  };
}

/** A new model's norms and biases are all 1 or 0; as they are, two exchanged ones would pass for the same model. */
function shake({ shape, values }: NamedTensor, random: () => number): NamedTensor {
  if (shape.length !== 1) return { shape, values };
  return { shape, values: (values as Float32Array).map((value) => value + 0.2 * (random() - 0.5)) };
}

/** Uniform in [0, 1): mulberry32. */
function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let h = Math.imul(state ^ (state >>> 15), 1 | state);
    h = (h + Math.imul(h ^ (h >>> 7), 61 | h)) ^ h;
    return ((h ^ (h >>> 14)) >>> 0) / 2 ** 32;
  };
}
