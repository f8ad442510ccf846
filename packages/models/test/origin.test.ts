import { useEngine } from '@pcam/engine';
import {
  abs,
  fill,
  grad,
  ones,
  randomUniform,
  slice,
  sum,
  type Tensor4D,
  tidy,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { type CreateModelOptions, createModel, type MapLayer, type Model } from '../src/index.js';

const SIDE = 192;

beforeAll(async () => {
  await useEngine('wasm');
});

/** ∂(all channels of a cell)/∂pixel, `[SIDE, SIDE]`. */
function slopes(model: Model, layer: string, cell: number, images: Tensor4D): Float32Array {
  return tidy(() => {
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
    return sum(abs(grad((x) => read(x as Tensor4D))(images)), -1).dataSync() as Float32Array;
  });
}

/** First and last row and column of the input that a cell of a layer depends on. */
function receptiveField(model: Model, layer: string, cell: number, side = SIDE): number[] {
  const images = randomUniform([1, side, side, 3], 0, 1, 'float32', 7) as Tensor4D;
  const values = slopes(model, layer, cell, images);
  images.dispose();
  const rows = new Set<number>();
  const columns = new Set<number>();
  for (const [pixel, value] of values.entries()) {
    if (value === 0) continue;
    rows.add(Math.floor(pixel / side));
    columns.add(pixel % side);
  }
  return [Math.min(...rows), Math.max(...rows), Math.min(...columns), Math.max(...columns)];
}

const cases: [options: CreateModelOptions, layers: string[]][] = [
  [{ name: 'cnn' }, ['stem', 'stages.0', 'stages.1', 'stages.2']],
  [{ name: 'cnn', preset: 'cnn-fine' }, ['stem', 'stages.0', 'stages.1', 'stages.2']],
  [{ name: 'fcn' }, ['stem']],
  [{ name: 'resnet' }, ['stem', 'stages.0', 'stages.1']],
  [{ name: 'resnet', preset: 'resnet18' }, ['stem', 'stages.0']],
];
const label = ({ name, preset }: CreateModelOptions): string => preset ?? name;

it.each(['p4m', 'z2'] as const)('the receptive fields of a densenet of %s are centred there too', (group) => {
  const model = createModel({ name: 'densenet', group, stemWidth: 4, growth: 4, blocks: 3 });
  expect(model.layers.map(({ origin }) => origin)).toEqual([1, 2, 4.5, 9.5, 9.5]);
  for (const { name } of model.layers) {
    const { stride, origin } = layerOf(model, name);
    const cell = Math.floor(16 / stride);
    const [top, bottom, left, right] = receptiveField(model, name, cell, 48);
    expect((top! + bottom!) / 2, `${name}, rows`).toBe(origin + stride * cell);
    expect((left! + right!) / 2, `${name}, columns`).toBe(origin + stride * cell);
    if (name === 'pooled') expect(bottom! - top! + 1).toBe(model.smallestSide);
  }
  model.dispose();
});

test('the published densenet sees 80 pixels in steps of 16', () => {
  const model = createModel({ name: 'densenet' });
  expect(model.layers.map(({ origin }) => origin)).toEqual([1, 2, 4.5, 9.5, 19.5, 39.5, 39.5]);
  expect([model.stride, model.smallestSide]).toEqual([16, 80]);
  model.dispose();
});

function layerOf(model: Model, name: string): Required<MapLayer> {
  return model.layers.find((layer) => layer.name === name) as Required<MapLayer>;
}

describe.each(cases.map(([options, names]) => ({ of: label(options), options, names })))(
  'the receptive fields of $of',
  ({ options, names }) => {
    it('are centred on origin + stride × cell where downsampling is symmetric, the middle of each share', () => {
      const model = createModel({ ...options, downsampling: 'symmetric' } as CreateModelOptions);
      for (const name of names) {
        const { stride, origin } = layerOf(model, name);
        expect(origin).toBe((stride - 1) / 2);
        const cell = Math.floor(96 / stride);
        const [top, bottom, left, right] = receptiveField(model, name, cell);
        expect((top! + bottom!) / 2, `${name}, rows`).toBe(origin + stride * cell);
        expect((left! + right!) / 2, `${name}, columns`).toBe(origin + stride * cell);
      }
      model.dispose();
    });

    it('are centred on stride × cell where it is strided, and the origin is halfway to the middle', () => {
      const model = createModel({ ...options, downsampling: 'strided' } as CreateModelOptions);
      for (const name of names) {
        const { stride, origin } = layerOf(model, name);
        expect(origin).toBe((stride - 1) / 4);
        const cell = Math.floor(96 / stride);
        const [top, bottom, left, right] = receptiveField(model, name, cell);
        expect((top! + bottom!) / 2, `${name}, rows`).toBe(stride * cell);
        expect((left! + right!) / 2, `${name}, columns`).toBe(stride * cell);
      }
      model.dispose();
    });
  },
);

/** Every weight positive, so that no ReLU closes on a positive image; filters symmetric by being constant. */
function open(model: Model): void {
  for (const [name, variable] of model.variables) {
    tidy(() => {
      if (variable.rank === 4) variable.assign(fill(variable.shape, variable.shape[3]! / variable.size));
      else if (name.endsWith('runningMean')) variable.assign(zerosLike(variable));
      else variable.assign(abs(variable));
    });
  }
}

it.each<[CreateModelOptions, string[]]>([
  [{ name: 'cnn' }, ['stem', 'stages.1', 'stages.2']],
  [{ name: 'cnn', preset: 'cnn-fine' }, ['stages.0', 'stages.2']],
  [{ name: 'resnet', zeroInitResidual: false }, ['stem', 'stages.1', 'stages.1.blocks.0']],
])('what a cell of %j weighs is balanced around that pixel', (options, names) => {
  for (const downsampling of ['symmetric', 'strided'] as const) {
    const model = createModel({ ...options, downsampling } as CreateModelOptions);
    open(model);
    const images = ones([1, SIDE, SIDE, 3]) as Tensor4D;
    for (const name of names) {
      const { stride, origin } = layerOf(model, name);
      const cell = Math.floor(96 / stride);
      let [mass, y, x] = [0, 0, 0];
      for (const [pixel, value] of slopes(model, name, cell, images).entries()) {
        mass += value;
        y += value * Math.floor(pixel / SIDE);
        x += value * (pixel % SIDE);
      }
      const centre = stride * cell + (downsampling === 'symmetric' ? origin : 0);
      expect(y / mass, `${downsampling} ${name}, rows`).toBeCloseTo(centre, 4);
      expect(x / mass, `${downsampling} ${name}, columns`).toBeCloseTo(centre, 4);
    }
    images.dispose();
    model.dispose();
  }
});
