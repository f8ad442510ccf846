import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { fromFunction } from '../adapters/function.js';
import type { Explainable } from '../explainable.js';
import { inBatches } from '../in-batches.js';
import { gradCam } from './grad-cam.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/**
 * Logit = mean(A_0) − 2·mean(A_1) with A = [x, x²]: α = (1, −2)/4 on a 2×2 grid, so the
 * map is (x − 2x²)/4.
 */
const quadratic: Explainable = fromFunction({
  features: (images) => tf.concat([images, tf.square(images)], 3),
  head: (features) => tf.sum(tf.mul(tf.mean(features, [1, 2]), [[1, -2]]), -1),
});
const byHand = (x: number): number => (x - 2 * x * x) / 4;

/** The same map with three classes: class c weighs it by c. */
const classes: Explainable = {
  layers: quadratic.layers!,
  forward: (images, options) => tf.mul(tf.expandDims(quadratic.forward(images, options), 1), [[0, 1, 2]]),
};

const pixels = [1, 2, 3, 4, -1, 0, 0.5, 1];
const two = (): tf.Tensor4D => tf.tensor4d(pixels, [2, 2, 2, 1]);
const close = (values: readonly number[]): number[] => values.map((value) => expect.closeTo(value, 5));

describe('gradCam', () => {
  it('is the definition on a network small enough to do by hand, for each image of a batch', () => {
    const map = gradCam(quadratic, two());
    expect(map.shape).toEqual([2, 2, 2]);
    expect([...map.dataSync()]).toEqual(close(pixels.map(byHand)));
  });

  it('keeps the sign unless told to rectify', () => {
    expect([...gradCam(quadratic, two(), { rectify: true }).dataSync()]).toEqual(
      close(pixels.map((x) => Math.max(byHand(x), 0))),
    );
  });

  it('explains a class, a class per image, or any function of the output', () => {
    const map = (target: Parameters<typeof gradCam>[2]) => [...gradCam(classes, two(), target).dataSync()];
    expect(map({ target: 2 })).toEqual(close(pixels.map((x) => 2 * byHand(x))));
    expect(map({ target: [0, 1] })).toEqual(close(pixels.map((x, i) => (i < 4 ? 0 : byHand(x)))));
    const contrast = (output: tf.Tensor) => tf.sum(tf.mul(output, [[0, -1, 1]]), -1);
    expect(map({ target: contrast })).toEqual(close(pixels.map(byHand)));
  });

  it('gives an image the same map alone and in any batch', () => {
    const value = fc.float({ min: -10, max: 10, noNaN: true });
    const image = fc.array(value, { minLength: 9, maxLength: 9 });
    fc.assert(
      fc.property(fc.array(image, { minLength: 1, maxLength: 4 }), (images) => {
        tf.tidy(() => {
          const together = gradCam(
            quadratic,
            tf.tensor4d(images.flat(), [images.length, 3, 3, 1]),
          ).arraySync();
          images.forEach((one, index) => {
            const alone = gradCam(quadratic, tf.tensor4d(one, [1, 3, 3, 1])).arraySync();
            expect(alone[0]).toEqual(together[index]);
          });
        });
      }),
      { numRuns: 30 },
    );
  });

  it('upsamples a coarse grid, and a single cell to a constant map', () => {
    const pooled = (size: number): Explainable =>
      fromFunction({
        features: (images) => tf.avgPool(images, size, size, 'valid'),
        head: (features) => tf.mul(tf.mean(features, [1, 2, 3]), 3),
      });
    const images = tf.tensor4d([0, 0, 4, 4, 0, 0, 4, 4, 8, 8, 12, 12, 8, 8, 12, 12], [1, 4, 4, 1]);
    expect(gradCam(pooled(2), images, { resize: false }).arraySync()).toEqual([
      [
        [0, 3],
        [6, 9],
      ],
    ]);
    expect(gradCam(pooled(2), images).arraySync()[0]![0]).toEqual(close([0, 0.75, 2.25, 3]));
    expect(gradCam(pooled(4), images, { resize: false }).arraySync()).toEqual([[[18]]]);
    expect([...gradCam(pooled(4), images).dataSync()]).toEqual(new Array(16).fill(18));
  });

  it('gives zeros, not NaN, for constant images and dead features', () => {
    expect([...gradCam(quadratic, tf.zeros([1, 3, 3, 1])).dataSync()].every((value) => value === 0)).toBe(
      true,
    );
    const dead = fromFunction({
      features: (x) => tf.relu(tf.neg(tf.abs(x))),
      head: (a) => tf.sum(a, [1, 2, 3]),
    });
    expect([...gradCam(dead, two()).dataSync()].every((value) => Math.abs(value) === 0)).toBe(true);
    expect([...gradCam(quadratic, tf.ones([1, 2, 2, 1])).dataSync()]).toEqual(
      close([-0.25, -0.25, -0.25, -0.25]),
    );
  });

  it('refuses maps that are not finite, naming the image', () => {
    const images = tf.tensor4d([1, 2, 3, 4, Number.NaN, 0, 0, 0], [2, 2, 2, 1]);
    expect(() => gradCam(quadratic, images)).toThrow(/layer 'features' is not finite for image 1/);
  });

  it('can be differentiated: ∂ mean(map²) / ∂w agrees with finite differences', () => {
    const loss = (w: tf.Tensor): tf.Scalar => {
      const model = fromFunction({
        features: (images) => tf.concat([tf.mul(images, w), tf.square(tf.mul(images, w))], 3),
        head: (features) => tf.square(tf.mean(tf.mul(features, w), [1, 2, 3])),
      });
      const images = tf.tensor4d([1, 2, -1, 0.5, 0, 1, 2, -0.5, 1], [1, 3, 3, 1]);
      return tf.mean(tf.square(gradCam(model, images, { resize: true })));
    };
    const at = (w: number): number => loss(tf.scalar(w)).dataSync()[0]!;
    const gradient = tf.grad(loss)(tf.scalar(0.8)).dataSync()[0]!;
    const expected = (at(0.804) - at(0.796)) / 0.008;
    expect(Math.abs(gradient / expected - 1)).toBeLessThan(2e-3);
    const before = tf.memory().numTensors;
    tf.tidy(() => tf.grad(loss)(tf.scalar(0.8))).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('leaves one tensor behind, its result, and none where it fails', () => {
    const images = two();
    const before = tf.memory().numTensors;
    const map = gradCam(classes, images, { target: 1 });
    expect(tf.memory().numTensors).toBe(before + 1);
    map.dispose();
    expect(() => gradCam(classes, images)).toThrow();
    expect(() => gradCam(classes, images, { layer: 'x' })).toThrow();
    expect(() => gradCam(quadratic, images, { target: () => tf.zeros([2]) })).toThrow();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('says what is wrong with a layer, a target or images', () => {
    const fails = (model: Explainable, options?: Parameters<typeof gradCam>[2], images = two()) =>
      expect(() => gradCam(model, images, options));
    fails(quadratic, { layer: 'conv9' }).toThrow(/no layer 'conv9'; the model has: features/);
    fails({ forward: () => tf.zeros([2]) }).toThrow(
      /Name a layer; the forward pass calls tap at none: go on with tap\('features', activation\) at one/,
    );
    fails(classes).toThrow(/3 classes: pass target, an index from 0 to 2/);
    fails(classes, { target: 3 }).toThrow(/target 3 is no class index/);
    fails(classes, { target: [0] }).toThrow(/1 class indices for 2 images/);
    fails(quadratic, { target: () => tf.zeros([2]) }).toThrow(/does not depend on layer 'features'/);
    fails(quadratic, {}, tf.zeros([0, 2, 2, 1])).toThrow(/Images are shaped \[0,2,2,1\]/);
    fails(quadratic, {}, tf.zeros([2, 2, 1]) as unknown as tf.Tensor4D).toThrow(/shaped \[2,2,1\]; expected/);
    const flat = fromFunction({ features: (x) => tf.reshape(x, [2, 4]), head: (x) => tf.sum(x, 1) });
    fails(flat).toThrow(/Layer 'features' \(map\) is shaped \[2,4\]/);
    const tokens = fromFunction(
      { features: (x) => tf.reshape(x, [2, 4, 1]), head: (x) => tf.sum(x, [1, 2]) },
      { layers: [{ name: 'tokens', kind: 'tokens', classTokens: 1 }] },
    );
    fails(tokens).toThrow(/'tokens' has 3 tokens beside 1 class tokens, which fill no grid for a 2×2 image/);
  });
});

describe('the default layer', () => {
  it('is the last that says where, before class tokens take all', () => {
    const model = fromFunction(
      (images, tap) => {
        const places = tf.reshape(images, [images.shape[0], -1, 1]);
        let x: tf.Tensor = tap('early', tf.concat([tf.ones([images.shape[0], 1, 1]), places], 1));
        x = tf.add(x, tf.mean(x, 1, true));
        x = tap('late', x);
        return tf.reshape(tf.slice(x, [0, 0, 0], [-1, 1, 1]), [-1]);
      },
      { layers: ['early', 'late'].map((name) => ({ name, kind: 'tokens', classTokens: 1 })) },
    );
    expect([...gradCam(model, two()).dataSync()]).toEqual(close(pixels.map((x) => x / 5)));
    expect([...gradCam(model, two(), { layer: 'late' }).dataSync()]).toEqual(new Array(8).fill(0));
  });
});

describe('inBatches', () => {
  it('gives what one call gives, targets and all, and leaves nothing else behind', async () => {
    const images = tf.tensor4d([...pixels, 5, 6, 7, 8], [3, 2, 2, 1]);
    const target = [2, 0, 1];
    const whole = gradCam(classes, images, { target });
    const before = tf.memory().numTensors;
    const parts = await inBatches(
      images,
      (batch, first) => gradCam(classes, batch, { target: target.slice(first, first + batch.shape[0]) }),
      { batchSize: 2 },
    );
    expect(tf.memory().numTensors).toBe(before + 1);
    expect(parts.arraySync()).toEqual(whole.arraySync());
  });

  it('refuses maps that are not finite and empty or meaningless batches', async () => {
    const images = tf.ones<tf.Rank.R4>([3, 2, 2, 1]);
    const before = tf.memory().numTensors;
    const nan = (batch: tf.Tensor4D) => tf.fill([batch.shape[0], 2, 2], Number.NaN) as tf.Tensor3D;
    await expect(inBatches(images, nan, { batchSize: 2 })).rejects.toThrow(/not finite for image 0/);
    await expect(inBatches(images, nan, { batchSize: 0 })).rejects.toThrow(/batchSize is 0/);
    expect(tf.memory().numTensors).toBe(before);
    await expect(inBatches(tf.zeros([0, 2, 2, 1]), nan)).rejects.toThrow(/no images/);
  });
});
