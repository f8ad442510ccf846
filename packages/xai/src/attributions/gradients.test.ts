import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { fromFunction } from '../adapters/function.js';
import type { Explainable } from '../explainable.js';
import { expectedGradients } from './expected-gradients.js';
import { gradientTimesInput } from './gradient-times-input.js';
import { inputGradient } from './input-gradient.js';
import { integratedGradients } from './integrated-gradients.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const close = (values: readonly number[], digits = 4): number[] =>
  values.map((value) => expect.closeTo(value, digits));

/** y = Σ x² w / 2 + 3 Σ x over pixels and two channels, w = (1, −2): ∂y/∂x = w x + 3. */
const quadratic: Explainable = fromFunction({
  features: (images) => tf.add(tf.mul(tf.square(images), [0.5, -1]), tf.mul(images, 3)),
  head: (features) => tf.sum(features, [1, 2, 3]),
});
const pixels = [1, 2, 0.5, -1, 0, 3, 4, -2, -1, 0, 2, 1, 1, 1, -3, 2];
const images = (): tf.Tensor4D => tf.tensor4d(pixels, [2, 2, 2, 2]);
const perPixel = (f: (a: number, b: number) => number): number[] =>
  Array.from({ length: 8 }, (_, i) => f(pixels[2 * i]!, pixels[2 * i + 1]!));
const quadraticAt = (a: number, b: number): number => a * a * 0.5 - b * b + 3 * (a + b);

/** Two classes of a function that no polynomial is. */
const curved: Explainable = fromFunction({
  features: (x) => tf.conv2d(x, tf.reshape(tf.linspace(-1, 1, 18), [3, 3, 2, 1]) as tf.Tensor4D, 1, 'same'),
  head: (a) => tf.stack([tf.sum(tf.softplus(a), [1, 2, 3]), tf.sum(tf.erf(a), [1, 2, 3])], 1),
});

describe('the gradient with respect to pixels', () => {
  it('is the closed form of a quadratic, signed, summed or averaged over channels', () => {
    const map = inputGradient(quadratic, images());
    expect(map.shape).toEqual([2, 2, 2]);
    expect([...map.dataSync()]).toEqual(close(perPixel((a, b) => a - 2 * b + 6)));
    const mean = inputGradient(quadratic, images(), { channels: 'mean' });
    expect([...mean.dataSync()]).toEqual(close(perPixel((a, b) => (a - 2 * b + 6) / 2)));
  });

  it('is what the target gains as all channels of a pixel grow, of one class or one class per image', () => {
    const at = (pixel: number, step: number, target: readonly number[]): number[] =>
      tf.tidy(() => {
        const moved = pixels.map((x, i) => x + (Math.floor(i / 2) % 4 === pixel ? step : 0));
        const scores = curved.forward(tf.tensor4d(moved, [2, 2, 2, 2])).arraySync() as number[][];
        return scores.map((score, image) => score[target[image]!]!);
      });
    for (const target of [1, [0, 1]]) {
      const classes = typeof target === 'number' ? [target, target] : target;
      const map = inputGradient(curved, images(), { target }).arraySync() as number[][][];
      for (const pixel of [0, 1, 2, 3]) {
        const [more, less] = [at(pixel, 1e-2, classes), at(pixel, -1e-2, classes)];
        const expected = more.map((value, image) => (value - less[image]!) / 2e-2);
        expect(map.map((rows) => rows.flat()[pixel])).toEqual(close(expected, 2));
      }
    }
  });

  it('can be differentiated: ∂ Σ (∂y/∂x)² / ∂x of a quadratic', () => {
    const loss = (x: tf.Tensor): tf.Scalar => tf.sum(tf.square(inputGradient(quadratic, x as tf.Tensor4D)));
    const before = tf.memory().numTensors;
    const input = images();
    const gradient = tf.grad(loss)(input);
    // (a − 2b + 6)² has the gradient 2 (a − 2b + 6) · (1, −2)
    const expected = perPixel((a, b) => a - 2 * b + 6).flatMap((g) => [2 * g, -4 * g]);
    expect([...gradient.dataSync()]).toEqual(close(expected, 3));
    tf.dispose([input, gradient]);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('gradientTimesInput', () => {
  it('is (x − x′) ∂y/∂x, with a number or an image to compare with', () => {
    const map = (options?: Parameters<typeof gradientTimesInput>[2]) => [
      ...gradientTimesInput(quadratic, images(), options).dataSync(),
    ];
    expect(map()).toEqual(close(perPixel((a, b) => a * (a + 3) + b * (-2 * b + 3))));
    const moved = perPixel((a, b) => (a - 1) * (a + 3) + (b - 1) * (-2 * b + 3));
    expect(map({ baseline: 1 })).toEqual(close(moved));
    expect(map({ baseline: tf.ones([2, 2, 2]) })).toEqual(close(moved));
    expect(map({ baseline: tf.ones([2, 2, 2, 2]) })).toEqual(close(moved));
  });
});

describe('integratedGradients', () => {
  it('is exact for a quadratic, pixel by pixel, in any number of steps', () => {
    const expected = perPixel((a, b) => quadraticAt(a, b) - quadraticAt(0.5, 0.5));
    for (const steps of [1, 5]) {
      const map = integratedGradients(quadratic, images(), { baseline: 0.5, steps });
      expect([...map.dataSync()]).toEqual(close(expected));
    }
  });

  it('is complete: a map sums to what the target gains over the baseline', () => {
    const map = integratedGradients(curved, images(), { target: 1, steps: 50 });
    const scores = curved.forward(images()).arraySync() as number[][];
    const nothing = curved.forward(tf.zeros([2, 2, 2, 2])).arraySync() as number[][];
    const gains = scores.map((score, image) => score[1]! - nothing[image]![1]!);
    expect(tf.sum(map, [1, 2]).arraySync()).toEqual(close(gains, 2));
  });
});

describe('a loss on maps along a path', () => {
  it('can be differentiated: ∂ Σ (y(x) − y(0))² / ∂x of a quadratic, whose pixels are apart', () => {
    const loss = (x: tf.Tensor): tf.Scalar =>
      tf.sum(tf.square(integratedGradients(quadratic, x as tf.Tensor4D, { steps: 2 })));
    const gradient = tf.grad(loss)(images()).dataSync();
    const expected = perPixel(quadraticAt).flatMap((y, i) => [
      2 * y * (pixels[2 * i]! + 3),
      2 * y * (3 - 2 * pixels[2 * i + 1]!),
    ]);
    expect([...gradient]).toEqual(close(expected, 3));
  });
});

describe('expectedGradients', () => {
  const references = (): tf.Tensor4D =>
    tf.tensor4d([...new Array(8).fill(0), ...new Array(8).fill(1), ...new Array(8).fill(-1)], [3, 2, 2, 2]);

  it('is the mean over references of integrated gradients', () => {
    const expected = perPixel(
      (a, b) => quadraticAt(a, b) - (quadraticAt(0, 0) + quadraticAt(1, 1) + quadraticAt(-1, -1)) / 3,
    );
    const map = expectedGradients(quadratic, images(), { references: references(), samples: 300, seed: 1 });
    for (const [i, value] of map.dataSync().entries())
      expect(Math.abs(value - expected[i]!)).toBeLessThan(0.3);
    const one = expectedGradients(quadratic, images(), { references: tf.zeros([1, 2, 2, 2]), samples: 200 });
    expect([...one.dataSync()]).toEqual(close(perPixel(quadraticAt), 1));
  });

  it('is the same for the same seed and for an image alone, and another for another seed', () => {
    const map = (seed: number, x = images()) =>
      expectedGradients(curved, x, { target: 0, references: references(), samples: 4, seed }).arraySync();
    expect(map(3)).toEqual(map(3));
    expect(map(3)).not.toEqual(map(4));
    const alone = map(3, tf.slice(images(), [1, 0, 0, 0], [1, -1, -1, -1]));
    expect(alone[0]!.flat()).toEqual(close(map(3)[1]!.flat()));
  });
});

describe('all of them', () => {
  it.each([
    [
      'inputGradient',
      (model: Explainable, x: tf.Tensor4D, target?: number) =>
        inputGradient(model, x, target === undefined ? {} : { target }),
    ],
    ['gradientTimesInput', (model: Explainable, x: tf.Tensor4D) => gradientTimesInput(model, x)],
    [
      'integratedGradients',
      (model: Explainable, x: tf.Tensor4D) => integratedGradients(model, x, { steps: 3 }),
    ],
    [
      'expectedGradients',
      (model: Explainable, x: tf.Tensor4D) => expectedGradients(model, x, { references: x, samples: 3 }),
    ],
  ])('%s leaves one tensor, and none where it fails', (_, attribute) => {
    const input = images();
    const broken = tf.fill<tf.Rank.R4>([1, 2, 2, 2], Number.NaN);
    const empty = tf.zeros<tf.Rank.R4>([0, 2, 2, 2]);
    const before = tf.memory().numTensors;
    attribute(quadratic, input).dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect(() => attribute(curved, input)).toThrow(/2 classes: pass target/);
    expect(() => attribute(quadratic, broken)).toThrow(/not finite for image 0/);
    expect(() => attribute(quadratic, empty)).toThrow(/\[0,2,2,2\]/);
    const constant = fromFunction({
      features: () => tf.ones([2, 1, 1, 1]),
      head: (a) => tf.sum(a, [1, 2, 3]),
    });
    expect(() => attribute(constant, input)).toThrow(/does not depend on the images/);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('say what is wrong with their options', () => {
    const x = images();
    expect(() => inputGradient(curved, x, { target: 2 })).toThrow(/target 2 is no class index/);
    expect(() => inputGradient(quadratic, x, { channels: 'max' as 'sum' })).toThrow(
      /inputGradient: channels must be one of sum, mean, got 'max'/,
    );
    expect(() => gradientTimesInput(quadratic, x, { baseline: Number.NaN })).toThrow(/baseline is NaN/);
    expect(() => gradientTimesInput(quadratic, x, { baseline: tf.zeros([3, 2, 2]) })).toThrow(
      /shaped \[3,2,2\]/,
    );
    expect(() => integratedGradients(quadratic, x, { steps: 0 })).toThrow(/steps is 0/);
    const references = tf.zeros<tf.Rank.R4>([2, 2, 3, 2]);
    expect(() => expectedGradients(quadratic, x, { references })).toThrow(/shaped \[2,2,3,2\], for images/);
    expect(() => expectedGradients(quadratic, x, { references: x, samples: 0 })).toThrow(/samples is 0/);
    expect(() => expectedGradients(quadratic, x, { references: x, seed: 0.5 })).toThrow(/seed is 0.5/);
    expect(() => expectedGradients(quadratic, x, {} as never)).toThrow(/needs references/);
  });

  it.each<[string, (options: never) => unknown, object, string]>([
    [
      'inputGradient',
      (o) => inputGradient(quadratic, images(), o),
      { chanels: 'sum' },
      "did you mean 'channels'?",
    ],
    [
      'inputGradient',
      (o) => inputGradient(quadratic, images(), o),
      { baseline: 0 },
      'known are target, channels',
    ],
    [
      'gradientTimesInput',
      (o) => gradientTimesInput(quadratic, images(), o),
      { base: 1 },
      "did you mean 'baseline'?",
    ],
    [
      'integratedGradients',
      (o) => integratedGradients(quadratic, images(), o),
      { step: 8 },
      "did you mean 'steps'?",
    ],
    [
      'expectedGradients',
      (o) => expectedGradients(quadratic, images(), o),
      { baseline: 0 },
      'give references, images to compare with',
    ],
  ])('%s refuses options that it does not read', (name, attribute, options, hint) => {
    const [key] = Object.keys(options);
    expect(() => attribute(options as never)).toThrow(`${name}: unknown option '${key}'; ${hint}`);
  });
});
