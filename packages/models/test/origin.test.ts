import { useEngine } from '@pcam/engine';
import { grad, randomUniform, slice, sum, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createModel, type MapLayer } from '../src/index.js';

beforeAll(async () => {
  await useEngine('wasm');
});

/** First and last row and column of the input that a cell of a layer depends on. */
function receptiveField(model: ReturnType<typeof createModel>, layer: string, cell: number): number[] {
  const side = 192;
  const gradient = tidy(() => {
    const images = randomUniform([1, side, side, 3], 0, 1, 'float32', 7) as Tensor4D;
    const read = (x: Tensor4D) => {
      let value = sum(x);
      model.forward(x, {
        tap(name, activation) {
          if (name === layer) value = sum(slice(activation as Tensor4D, [0, cell, cell, 0], [1, 1, 1, -1]));
          return activation;
        },
      });
      return value;
    };
    return grad((x) => read(x as Tensor4D))(images);
  });
  const values = gradient.dataSync();
  gradient.dispose();
  const rows = new Set<number>();
  const columns = new Set<number>();
  for (let i = 0; i < values.length; i++) {
    if (values[i] === 0) continue;
    const pixel = Math.floor(i / 3);
    rows.add(Math.floor(pixel / side));
    columns.add(pixel % side);
  }
  return [Math.min(...rows), Math.max(...rows), Math.min(...columns), Math.max(...columns)];
}

describe('a cell is centred on pixel origin + stride × its number', () => {
  it.each([
    ['cnn', () => createModel({ name: 'cnn' }), ['stem', 'stages.0', 'stages.1', 'stages.2']],
    ['fcn', () => createModel({ name: 'fcn' }), ['stem']],
    ['resnet', () => createModel({ name: 'resnet' }), ['stem', 'stages.0', 'stages.1']],
    ['resnet18', () => createModel({ name: 'resnet', preset: 'resnet18' }), ['stem', 'stages.0']],
    ['vit', () => createModel({ name: 'vit' }), ['stem']],
  ] as const)('%s', (_, create, names) => {
    const model = create();
    for (const name of names) {
      const { stride, origin } = model.layers.find((layer) => layer.name === name) as MapLayer;
      const cell = Math.floor(96 / stride);
      const [top, bottom, left, right] = receptiveField(model, name, cell);
      expect((top! + bottom!) / 2, `${name}, rows`).toBe(origin! + stride * cell);
      expect((left! + right!) / 2, `${name}, columns`).toBe(origin! + stride * cell);
    }
    model.dispose();
  });
});
