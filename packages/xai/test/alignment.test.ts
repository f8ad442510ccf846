import { useEngine } from '@pcam/engine';
import { conv2d, mean, ones, type Tensor4D, tensor4d } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { fromFunction, gradCam } from '../src/index.js';

beforeAll(async () => {
  await useEngine('cpu');
});

/** Two 3×3 convolutions of stride 2 that pad 1 on each side, as most convnets have: cell i is centred on pixel 4i. */
const forward = (images: Tensor4D, tap: (name: string, x: Tensor4D) => Tensor4D) => {
  const filter = ones([3, 3, 1, 1]) as Tensor4D;
  const map = conv2d(conv2d(images, filter, 2, 1), filter, 2, 1);
  return mean(tap('map', map), [1, 2, 3]);
};

/** Where the map of an image with one bright square around (y, x) has its centre of mass. */
function centreOfMap(y: number, x: number, origin?: number): [number, number] {
  const side = 64;
  const pixels = new Float32Array(side * side);
  for (let dy = -1; dy <= 1; dy++) for (let dx = -1; dx <= 1; dx++) pixels[(y + dy) * side + x + dx] = 1;
  const layer = { name: 'map', kind: 'map' as const, ...(origin !== undefined && { origin }) };
  const model = fromFunction((images, tap) => forward(images, tap as never), { layers: [layer] });
  const map = gradCam(model, tensor4d(pixels, [1, side, side, 1]));
  const values = map.dataSync();
  let [mass, sumY, sumX] = [0, 0, 0];
  for (const [i, value] of values.entries()) {
    mass += value;
    sumY += value * Math.floor(i / side);
    sumX += value * (i % side);
  }
  return [sumY / mass, sumX / mass];
}

describe('a map lies on what it speaks of', () => {
  it.each([
    [32, 32],
    [20, 40],
  ])('around (%i, %i), where the layer knows its origin', (y, x) => {
    const [mapY, mapX] = centreOfMap(y, x, 0);
    expect(mapY).toBeCloseTo(y, 1);
    expect(mapX).toBeCloseTo(x, 1);
  });

  it('and half a cell too far down and right, as in other libraries, where it does not', () => {
    const [mapY, mapX] = centreOfMap(32, 32);
    expect(mapY).toBeCloseTo(33.5, 1);
    expect(mapX).toBeCloseTo(33.5, 1);
  });
});
