/* On networks whose cells' places are known. */
import { useEngine } from '@pcam/engine';
import { createModel } from '@pcam/models';
import { gradCam, resizeMaps } from '@pcam/xai';
import {
  conv2d,
  fill,
  mean,
  memory,
  ones,
  pad,
  relu,
  slice,
  squeeze,
  type Tensor3D,
  type Tensor4D,
  tensor4d,
  tidy,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { flipConsistency, spotOffset } from '../src/index.js';

beforeAll(async () => void (await useEngine('wasm')));

const SIDE = 64;

/** The image moved by `shift` pixels down and right, then convolutions of stride 2, to `[B, SIDE / 4, SIDE / 4]`. */
function network(kernel: number, padding: number, shift = 0): (images: Tensor4D) => Tensor3D {
  return (images) =>
    tidy(() => {
      const [batch] = images.shape;
      const red = slice(images, [0, 0, 0, 0], [-1, -1, -1, 1]);
      const widened = pad(red, [
        [0, 0],
        [8 + shift, 8 - shift],
        [8 + shift, 8 - shift],
        [0, 0],
      ]);
      const moved = slice(widened, [0, 8, 8, 0], [batch, SIDE, SIDE, 1]) as Tensor4D;
      const filter = ones([kernel, kernel, 1, 1]) as Tensor4D;
      return squeeze(relu(conv2d(conv2d(moved, filter, 2, padding), filter, 2, padding)), [3]);
    });
}

/** Smooth blobs here and there, the same of the same seed. */
function blobs(count: number): Tensor4D {
  let state = 12345;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const values = new Float32Array(count * SIDE * SIDE * 3);
  for (let image = 0; image < count; image++) {
    for (let blob = 0; blob < 12; blob++) {
      const [y, x, height] = [random() * SIDE, random() * SIDE, 0.2 + random()];
      for (let i = 0; i < SIDE * SIDE; i++) {
        const distance = (Math.floor(i / SIDE) - y) ** 2 + ((i % SIDE) - x) ** 2;
        values[3 * (image * SIDE * SIDE + i)]! += height * Math.exp(-distance / 50);
      }
    }
  }
  return tensor4d(values, [count, SIDE, SIDE, 3]);
}

/** Where the first cell of each network truly lies; a map of the moved image lies `shift` further on. */
const networks: [name: string, cells: (images: Tensor4D) => Tensor3D, origin: number][] = [
  ['3×3 of stride 2, centred on the first pixel of each share', network(3, 1), 0],
  ['4×4 of stride 2, centred on the middle of each share', network(4, 1), 1.5],
  ['3×3 of stride 2 on an image moved back by a pixel', network(3, 1, -1), 1],
  ['4×4 of stride 2 on an image moved back by a pixel', network(4, 1, -1), 2.5],
];

describe.each(networks)('%s', (_, cells, origin) => {
  test('flips of its maps agree best where its cells lie', async () => {
    const images = blobs(6);
    const before = memory().numTensors;
    const found = await flipConsistency(cells, images, { batchSize: 4 });
    expect(memory().numTensors).toBe(before);
    expect(found.stride).toBe(4);
    expect(Math.abs(found.origin - origin)).toBeLessThan(0.1);
    expect(found.correlation).toBeGreaterThan(0.98);
    expect(found.curve).toHaveLength(65);
    const [there, beside] = (await flipConsistency(cells, images, { origins: [origin, origin + 1] })).curve;
    expect(there!.origin).toBe(origin);
    expect(there!.correlation).toBeGreaterThan(beside!.correlation);
    images.dispose();
  });

  test.each([1.5, 0])('its maps lie beside spots by what cells placed from %d on are off', async (placed) => {
    const images = tidy(() => [fill([2, SIDE, SIDE, 3], 0.2), fill([3, SIDE, SIDE, 3], 0.9)] as Tensor4D[]);
    const [healthy, tumour] = images as [Tensor4D, Tensor4D];
    const before = memory().numTensors;
    const attribute = (x: Tensor4D): Tensor3D => resizeMaps(cells(x), [SIDE, SIDE], placed);
    const found = await spotOffset(attribute, { healthy, tumour, diameter: 11, places: 32, seed: 1 });
    expect(memory().numTensors).toBe(before);
    expect(found.places).toBe(32);
    expect(Math.abs(found.y - (placed - origin))).toBeLessThan(0.15);
    expect(Math.abs(found.x - (placed - origin))).toBeLessThan(0.15);
    expect(found.yError).toBeLessThan(0.15);
    for (const each of images) each.dispose();
  });
});

test('the two axes are told apart, and the same seed gives the same numbers', async () => {
  const healthy = fill([1, SIDE, SIDE, 3], 0.2) as Tensor4D;
  const tumour = fill([1, SIDE, SIDE, 3], 0.9) as Tensor4D;
  const attribute = (x: Tensor4D): Tensor3D =>
    tidy(() => {
      const lower = pad(slice(x, [0, 0, 0, 0], [-1, SIDE - 3, -1, 1]), [
        [0, 0],
        [3, 0],
        [0, 0],
        [0, 0],
      ]);
      return squeeze(lower, [3]);
    });
  const options = { healthy, tumour, diameter: 9, places: 8 };
  const found = await spotOffset(attribute, { ...options, seed: 5 });
  expect(found.y).toBeCloseTo(3, 5);
  expect(found.x).toBeCloseTo(0, 5);
  expect(await spotOffset(attribute, { ...options, seed: 5 })).toEqual(found);
  // Left out, the largest odd diameter of which three fit.
  const { diameter: _, ...fitting } = options;
  const largest = Math.floor((SIDE / 3 - 1) / 2) * 2 + 1;
  expect(await spotOffset(attribute, fitting)).toEqual(
    await spotOffset(attribute, { ...fitting, diameter: largest }),
  );
  for (const each of [healthy, tumour]) each.dispose();
});

test('they run on a model', async () => {
  const model = createModel({ name: 'cnn', widths: [8, 12], depths: [1, 1], strides: [2, 1], seed: 1 });
  const images = blobs(3);
  const found = await flipConsistency((x) => gradCam(model, x, { resize: false }), images);
  expect(found.stride).toBe(model.stride);
  expect(found.correlation).toBeLessThanOrEqual(1);
  model.dispose();
  images.dispose();
});

test('say what is wrong', async () => {
  const images = blobs(2);
  const cells = network(3, 1);
  await expect(flipConsistency((x) => resizeMaps(cells(x), [20, 20]), images)).rejects.toThrow(
    'flipConsistency: cells gave maps of 20×20 for images of 64×64; it takes maps on',
  );
  const flat = (x: Tensor4D): Tensor3D => fill([x.shape[0], 16, 16], 1);
  await expect(flipConsistency(flat, images)).rejects.toThrow('no map varies over its image');
  await expect(flipConsistency(cells, images, { origin: 1 } as object)).rejects.toThrow(
    "unknown option 'origin'",
  );
  const spots = { healthy: images, tumour: images };
  const full = (x: Tensor4D): Tensor3D => mean(x, -1);
  await expect(spotOffset(full, { ...spots, diameter: 12 })).rejects.toThrow('diameter is 12; give an odd');
  await expect(spotOffset(full, { ...spots, diameter: 23 })).rejects.toThrow('a third of 64×64');
  await expect(spotOffset(full, { ...spots, diameter: 9, places: 0 })).rejects.toThrow('places is 0');
  await expect(spotOffset(cells, { ...spots, diameter: 9 })).rejects.toThrow(
    "leave them at the images' size",
  );
  const constant = (x: Tensor4D): Tensor3D => fill([x.shape[0], SIDE, SIDE], 1);
  await expect(spotOffset(constant, { ...spots, diameter: 9, places: 2 })).rejects.toThrow(
    'no spot raises the map',
  );
  images.dispose();
});
