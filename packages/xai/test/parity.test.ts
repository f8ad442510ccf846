import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { gradCam, resizeMaps } from '../src/index.js';
import { difference } from './helpers/finite-difference.js';
import { noise } from './helpers/noise.js';
import { referenceNets } from './helpers/reference-nets.js';

interface Fixture {
  cases: {
    model: string;
    layer: string;
    target: number;
    output: number[];
    small: number[];
    large: number[];
  }[];
  resize: { seed: number; from: [number, number]; to: [number, number]; step: number; values: number[] }[];
}
const fixture: Fixture = JSON.parse(
  readFileSync(new URL('./fixtures/grad-cam.json', import.meta.url), 'utf8'),
);

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('parity with PyTorch on the same weights', () => {
  it.each(fixture.cases)('Grad-CAM of $model at $layer', ({ model, layer, target, output, small, large }) => {
    const net = referenceNets[model]!;
    const images = noise(7, [3, 16, 24, 3], 1) as tf.Tensor4D;
    expect(difference(net.forward(images).dataSync(), output)).toBeLessThan(1e-5);
    expect(difference(gradCam(net, images, { layer, target, resize: false }).dataSync(), small)).toBeLessThan(
      1e-5,
    );
    const map = gradCam(net, images, { layer, target });
    expect(map.shape).toEqual([3, 16, 24]);
    expect(difference(everyOther(map, 3).dataSync(), large)).toBeLessThan(1e-5);
  });

  it.each(fixture.resize)('resizing $from to $to', ({ seed, from, to, step, values }) => {
    const maps = noise(seed, [2, ...from], 1) as tf.Tensor3D;
    const resized = resizeMaps(maps, to);
    expect(difference(everyOther(resized, step).dataSync(), values)).toBeLessThan(1e-6);
    const builtIn = tf.image.resizeBilinear(maps.expandDims<tf.Tensor4D>(3), to, false, true);
    expect(difference(resized.dataSync(), [...builtIn.dataSync()])).toBeLessThan(1e-6);
  });
});

function everyOther(maps: tf.Tensor3D, step: number): tf.Tensor {
  return tf.stridedSlice(maps, [0, 0, 0], maps.shape, [1, step, step]);
}
