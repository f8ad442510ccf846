/*
 * Symmetric downsampling: of networks whose filters are their own mirror images, turning and flipping the image turns
 * and flips maps and leaves the logit; strided ones cannot.
 */
import { useEngine } from '@pcam/engine';
import {
  abs,
  addN,
  dispose,
  keep,
  max,
  mul,
  reverse,
  type Scalar,
  sub,
  type Tensor,
  type Tensor4D,
  tidy,
  transpose,
  type Variable,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { type CreateModelOptions, createModel, createUnet, type Model, type Weighted } from '../src/index.js';
import { formulaImages, setFormulaWeights } from './formula.js';

beforeAll(async () => void (await useEngine('wasm')));

/** The 8 symmetries of the square, of the two axes from `axis` on. */
const symmetries = [false, true].flatMap((turned) =>
  [[], [0], [1], [0, 1]].map((flipped) => <T extends Tensor>(x: T, axis: number): T => {
    const order = x.shape.map((_, i) => (turned && (i === axis || i === axis + 1) ? 2 * axis + 1 - i : i));
    const seen = transpose(x, order);
    return flipped.length > 0
      ? reverse(
          seen,
          flipped.map((i) => axis + i),
        )
      : seen;
  }),
);

/** Formula weights, every filter the mean of its 8 images. */
function symmetrise(model: Weighted): void {
  setFormulaWeights(model);
  for (const variable of model.variables.values()) {
    if (variable.rank !== 4) continue;
    tidy(() => {
      const images = symmetries.map((symmetry) => symmetry(variable as Variable as unknown as Tensor4D, 0));
      variable.assign(mul(addN(images), 1 / 8));
    });
  }
}

/** Of the largest value: how far the map of a turned image is from the turned map, and one logit from the other. */
function departures(run: (images: Tensor4D) => { map: Tensor; logits: Tensor }, side: number) {
  return tidy(() => {
    const images = formulaImages([2, side, side, 3]);
    const plain = run(images);
    const distance = (a: Tensor, b: Tensor): number => {
      const largest = (x: Tensor): number => (max(abs(x)) as Scalar).dataSync()[0]!;
      return largest(sub(a, b)) / largest(a);
    };
    const all = symmetries.map((symmetry) => {
      const seen = run(symmetry(images, 1));
      const found = [
        distance(symmetry(plain.map, 1), seen.map),
        distance(plain.logits, seen.logits),
      ] as const;
      dispose(seen.map);
      return found;
    });
    dispose(plain.map);
    return { map: Math.max(...all.map(([map]) => map)), logit: Math.max(...all.map(([, logit]) => logit)) };
  });
}

function lastMap(model: Model): (images: Tensor4D) => { map: Tensor; logits: Tensor } {
  return (images) => {
    let map: Tensor = images;
    const logits = model.forward(images, {
      tap: (_, activation) => {
        dispose(map === images ? [] : map);
        map = keep(activation.clone());
        return activation;
      },
    });
    return { map, logits };
  };
}

const small = { depths: [1, 2, 1], widths: [8, 8, 12], stemWidth: 8 };
const networks: [name: string, options: CreateModelOptions, side: number][] = [
  ['cnn', { name: 'cnn' }, 64],
  ['cnn of strides 3 and 4', { name: 'cnn', widths: [6, 8], depths: [1, 2], strides: [3, 4] }, 72],
  ['cnn with the centre alone', { name: 'cnn', preset: 'cnn-fine', poolField: 32 }, 64],
  ['cnn with a centre between two cells', { name: 'cnn', preset: 'cnn-fine', poolField: 3 }, 64],
  ['fcn', { name: 'fcn', widths: [8, 12, 16], poolField: 17 }, 48],
  ['resnet', { name: 'resnet' }, 64],
  ['resnet, as for ImageNet', { name: 'resnet', ...small, stemKernel: 7, stemPool: true }, 64],
  ['resnet, bottleneck', { name: 'resnet', ...small, stemKernel: 5, block: 'bottleneck' }, 64],
];

describe.each(networks)('%s', (_, options, side) => {
  const measured = (downsampling: 'symmetric' | 'strided') => {
    const model = createModel({ ...options, downsampling } as CreateModelOptions);
    symmetrise(model);
    const found = departures(lastMap(model), side);
    model.dispose();
    return found;
  };

  test('turns and flips its last map with the image, and keeps its logit', () => {
    const { map, logit } = measured('symmetric');
    expect(map).toBeLessThan(1e-5);
    expect(logit).toBeLessThan(1e-5);
  });

  test('does not where it is strided', () => {
    expect(measured('strided').map).toBeGreaterThan(1e-2);
  });
});

test.each([
  ['symmetric', (departure: number) => expect(departure).toBeLessThan(1e-5)],
  ['strided', (departure: number) => expect(departure).toBeGreaterThan(1e-2)],
] as const)('a U-Net that is %s', (downsampling, expectation) => {
  const model = createUnet({ widths: [6, 8, 12], downsampling });
  symmetrise(model);
  const run = (images: Tensor4D) => {
    const map = model.forward(images);
    return { map, logits: map };
  };
  expectation(departures(run, 32).map);
  model.dispose();
});
