import { useEngine } from '@pcam/engine';
import { avgPool, conv2d, grad, mean, ones, slice, type Tensor4D, tensor4d } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { attributionOf } from '../src/constraint/attribution.js';
import { type Explainable, fromFunction, gradCam, type Placement, recordPass } from '../src/index.js';

beforeAll(async () => {
  await useEngine('cpu');
});

const side = 64;

/** Cells that tile the image: each is the mean of its own 4×4 pixels. */
const tiles = fromFunction((images, tap) => mean(tap('map', avgPool(images, 4, 4, 'valid')), [1, 2, 3]));

/** Two 3×3 convolutions of stride 2 that pad 1 on each side: the receptive field of cell i is centred on pixel 4i. */
const strided = (origin?: number): Explainable =>
  fromFunction(
    (images, tap) => {
      const filter = ones([3, 3, 1, 1]) as Tensor4D;
      return mean(tap('map', conv2d(conv2d(images, filter, 2, 1), filter, 2, 1)), [1, 2, 3]);
    },
    { layers: [{ name: 'map', kind: 'map', ...(origin !== undefined && { origin }) }] },
  );

/** A bright square, `size` pixels wide, whose first pixel is (y, x). */
function square(y: number, x: number, size: number): Tensor4D {
  const pixels = new Float32Array(side * side);
  for (let dy = 0; dy < size; dy++) pixels.fill(1, (y + dy) * side + x, (y + dy) * side + x + size);
  return tensor4d(pixels, [1, side, side, 1]);
}

/** Row and column of a map's centre of mass. */
function centreOf(values: ArrayLike<number>): [row: number, column: number] {
  let [mass, sumY, sumX] = [0, 0, 0];
  for (const [i, value] of Array.from(values).entries()) {
    mass += value;
    sumY += value * Math.floor(i / side);
    sumX += value * (i % side);
  }
  return [sumY / mass, sumX / mass];
}

describe('where a map lies', () => {
  it('is on its share of the image by default, exact for cells that tile it', () => {
    const [y, x] = centreOf(gradCam(tiles, square(20, 40, 4), { layer: 'map' }).dataSync());
    expect(y).toBeCloseTo(21.5, 2);
    expect(x).toBeCloseTo(41.5, 2);
  });

  it('is on its share of the image by default, whatever origin the layer tells', () => {
    const images = square(31, 31, 3);
    const map = [...gradCam(strided(0), images).dataSync()];
    expect(map).toEqual([...gradCam(strided(), images).dataSync()]);
    // Half a cell less half a pixel from the middle of what these convolutions see, untrained, as in other libraries.
    expect(centreOf(map)).toEqual([expect.closeTo(33.5, 1), expect.closeTo(33.5, 1)]);
  });

  it.each([
    [32, 32],
    [20, 40],
  ])("is around (%i, %i), where receptive fields are centred, with placement 'receptiveField'", (y, x) => {
    const map = gradCam(strided(0), square(y - 1, x - 1, 3), { placement: 'receptiveField' });
    expect(centreOf(map.dataSync())).toEqual([expect.closeTo(y, 1), expect.closeTo(x, 1)]);
  });

  it.each<[Placement, number?]>([
    ['tile', undefined],
    ['receptiveField', 9.5],
  ])(
    'is in the middle of the image where convolutions without padding took cells (%s)',
    (placement, origin) => {
      const layer = { name: 'map', kind: 'map', stride: 4, ...(origin !== undefined && { origin }) } as const;
      const cropped = fromFunction(
        (images, tap) => {
          const middle = slice(images, [0, 8, 8, 0], [1, side - 16, side - 16, 1]);
          return mean(tap('map', avgPool(middle, 4, 4, 'valid')), [1, 2, 3]);
        },
        { layers: [layer] },
      );
      const [y, x] = centreOf(gradCam(cropped, square(20, 40, 4), { placement }).dataSync());
      expect(y).toBeCloseTo(21.5, 2);
      expect(x).toBeCloseTo(41.5, 2);
    },
  );

  it.each<Placement>(['tile', 'receptiveField'])('is the same in the constraint (%s)', (placement) => {
    const images = square(20, 40, 3);
    const { forward, layers = [] } = strided(0);
    let map: number[] = [];
    grad((input) => {
      const pass = recordPass(forward, input as Tensor4D, { layers });
      const found = attributionOf({ name: 'gradCam', placement }, { pass, forward, step: 1 });
      map = [...found.dataSync()];
      pass.dispose();
      return mean(found);
    })(images);
    // The constraint multiplies by the cells of the grid.
    const expected = gradCam(strided(0), images, { placement }).dataSync();
    expect(map).toEqual(Array.from(expected, (value) => expect.closeTo(value * 16 * 16, 4)));
  });

  it('needs an origin to be where receptive fields are centred', () => {
    expect(() => gradCam(strided(), square(0, 0, 3), { placement: 'receptiveField' })).toThrow(
      "placement 'receptiveField': layer 'map' has no origin; give it one in the model's layers, or leave placement at 'tile'.",
    );
    expect(() => gradCam(strided(), square(0, 0, 3), { placement: 'tiles' as Placement })).toThrow(
      "gradCam: placement must be one of tile, receptiveField, got 'tiles'; did you mean 'tile'?",
    );
  });
});
