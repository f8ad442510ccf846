import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { fromFunction } from '../adapters/function.js';
import { gradCam } from '../attributions/grad-cam.js';
import { inBatches } from '../in-batches.js';
import type { Attribution } from './attribution.js';
import { dihedralMaps } from './dihedral.js';
import { multiScaleMaps } from './multi-scale.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const close = (values: ArrayLike<number>, digits = 5): number[] =>
  Array.from(values, (value) => expect.closeTo(value, digits));
const random = (shape: [number, number, number, number], seed: number): tf.Tensor4D =>
  tf.randomUniform(shape, 0, 1, 'float32', seed);
const firstChannel: Attribution = (images) =>
  tf.reshape(
    tf.slice(images, [0, 0, 0, 0], [-1, -1, -1, 1]),
    images.shape.slice(0, 3) as [number, number, number],
  );

/** Convolutions of stride 2 that pad 1 on each side, with a lopsided filter: nothing about it is symmetric. */
const strided = fromFunction(
  (images, tap) => {
    const filter = tf.reshape(tf.range(-3, 6), [3, 3, 1, 1]) as tf.Tensor4D;
    const map = tf.conv2d(tf.conv2d(images as tf.Tensor4D, filter, 2, 1), filter, 2, 1);
    return tf.mean(tf.square(tap('map', map)), [1, 2, 3]);
  },
  { layers: [{ name: 'map', kind: 'map', origin: 0 }] },
);
const cam: Attribution = (images) => gradCam(strided, images);

describe('dihedralMaps', () => {
  it('is the attribution itself where that has no preferred direction', () => {
    const images = random([2, 4, 6, 3], 1);
    expect([...dihedralMaps(firstChannel, images).dataSync()]).toEqual(
      close(firstChannel(images).dataSync()),
    );
  });

  it('is the mean over the square’s symmetries of one that has', () => {
    // The attribution of a place is how far down it lies: averaged, each place's row and column and their mirrors.
    const rows: Attribution = (images) => {
      const [batch, height, width] = images.shape;
      return tf.tile(tf.reshape(tf.range(0, height), [1, height, 1]), [batch, 1, width]) as tf.Tensor3D;
    };
    expect([...dihedralMaps(rows, tf.zeros([1, 3, 3, 1])).dataSync()]).toEqual(close(new Array(9).fill(1)));
    const squares: Attribution = (images) => tf.square(rows(images));
    // (y² + (2 − y)² + x² + (2 − x)²) / 4
    expect([...dihedralMaps(squares, tf.zeros([1, 3, 3, 1])).dataSync()]).toEqual(
      close([2, 1.5, 2, 1.5, 1, 1.5, 2, 1.5, 2]),
    );
  });

  it('turns with the image, exactly, for a strided network whose cells do not tile it', () => {
    const images = random([2, 16, 16, 1], 2);
    const averaged = dihedralMaps(cam, images);
    const mirrored = dihedralMaps(cam, tf.reverse(images, 2));
    const turned = dihedralMaps(cam, tf.reverse(tf.transpose(images, [0, 2, 1, 3]), 1) as tf.Tensor4D);
    const scale = Math.max(...averaged.dataSync().map(Math.abs));
    const apart = (a: tf.Tensor, b: tf.Tensor) => Math.max(...tf.abs(tf.sub(a, b)).dataSync()) / scale;
    expect(scale).toBeGreaterThan(0);
    expect(apart(tf.reverse(averaged, 2), mirrored)).toBeLessThan(1e-5);
    expect(apart(tf.reverse(tf.transpose(averaged, [0, 2, 1]), 1), turned)).toBeLessThan(1e-5);
    // One look alone is far from that.
    expect(apart(tf.reverse(cam(images), 2), cam(tf.reverse(images, 2)))).toBeGreaterThan(0.1);
  });

  it('refuses maps of a coarse grid, and leaves one tensor', () => {
    const images = random([1, 16, 16, 1], 3);
    const before = tf.memory().numTensors;
    const coarse: Attribution = (batch) => gradCam(strided, batch, { resize: false });
    expect(() => dihedralMaps(coarse, images)).toThrow(
      /shaped \[1,4,4\]; averaging needs maps of the images' size/,
    );
    expect(tf.memory().numTensors).toBe(before);
    dihedralMaps(cam, images);
    expect(tf.memory().numTensors).toBe(before + 1);
  });
});

describe('multiScaleMaps', () => {
  it('lays what each scale sees back in its place: a ramp stays a ramp', () => {
    const ramp = tf.tile(tf.reshape(tf.range(0, 16), [1, 1, 16, 1]), [1, 16, 1, 2]) as tf.Tensor4D;
    const options = { scales: [0.5, 1, 2], multiple: 4, areaWeighted: false };
    const rows = multiScaleMaps(firstChannel, ramp, options).arraySync()[0]!;
    for (const row of [rows[0]!, rows[9]!])
      expect(row.slice(2, 14)).toEqual(close(Array.from(row.slice(2, 14), (_, i) => i + 2)));
  });

  it('weighs by area, so that what is spread over more pixels counts alike', () => {
    const spread: Attribution = (images) => {
      const [batch, height, width] = images.shape;
      return tf.fill([batch, height, width], 1 / (height * width));
    };
    const images = tf.zeros<tf.Rank.R4>([1, 32, 32, 1]);
    const value = (areaWeighted: boolean) =>
      multiScaleMaps(spread, images, { scales: [1, 2], areaWeighted }).dataSync()[5];
    expect(value(true)).toBeCloseTo(1 / 1024, 9);
    expect(value(false)).toBeCloseTo((1 + 1 / 4) / 2 / 1024, 9);
  });

  it('rounds sizes to multiples, each counted once', () => {
    const sizes: string[] = [];
    const watch: Attribution = (images) => {
      sizes.push(`${images.shape[1]}×${images.shape[2]}`);
      return firstChannel(images);
    };
    multiScaleMaps(watch, tf.zeros([1, 96, 64, 3]));
    expect(sizes).toEqual(['64×64', '96×64', '128×96']);
    sizes.length = 0;
    multiScaleMaps(watch, tf.zeros([1, 32, 32, 3]), { scales: [0.1, 1, 1.2, 2] });
    expect(sizes).toEqual(['32×32', '64×64']);
  });

  it('composes with dihedralMaps and inBatches, and leaves one tensor', async () => {
    const images = random([3, 16, 16, 1], 4);
    const before = tf.memory().numTensors;
    const both: Attribution = (batch) =>
      multiScaleMaps((x) => dihedralMaps(cam, x), batch, { scales: [1, 2], multiple: 16 });
    const maps = await inBatches(images, both, { batchSize: 2 });
    expect(tf.memory().numTensors).toBe(before + 1);
    const mirrored = both(tf.reverse(images, 1));
    const scale = Math.max(...maps.dataSync().map(Math.abs));
    const apart = tf.div(tf.sub(tf.reverse(maps, 1), mirrored), scale).dataSync();
    expect(Math.max(...apart.map(Math.abs))).toBeLessThan(1e-5);
  });

  it('says what is wrong with its options', () => {
    const images = tf.zeros<tf.Rank.R4>([1, 32, 32, 1]);
    const fails = (options: Parameters<typeof multiScaleMaps>[2]) =>
      expect(() => multiScaleMaps(firstChannel, images, options));
    fails({ scales: [] }).toThrow(/no scales/);
    fails({ scales: [1, -2] }).toThrow(/Scale -2/);
    fails({ multiple: 1.5 }).toThrow(/multiple is 1.5/);
  });
});
