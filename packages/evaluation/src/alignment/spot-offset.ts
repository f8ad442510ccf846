import type { Attribution } from '@pcam/xai';
import { randomUniform, type Tensor4D, tensor4d, tidy } from '@tensorflow/tfjs-core';
import { checkOptions, EvaluationError } from '../errors.js';
import { checkAttribute } from '../mapped-batches.js';

/** What {@link spotOffset} pastes where. */
export interface SpotOffsetOptions {
  /** Tissue without tumour, `[N, H, W, 3]` in [0, 1]. */
  readonly healthy: Tensor4D;
  /** Tissue that is tumour in the middle, `[M, H, W, 3]`: the spot is cut from there. */
  readonly tumour: Tensor4D;
  /** Of the round spot, in pixels, odd, so that its middle is one; at most a third of the side. Default 25, or what fits. */
  readonly diameter?: number | undefined;
  /** Draws of a healthy image, a spot and a place; each is mirrored to four places. Default 64. */
  readonly places?: number | undefined;
  readonly seed?: number | undefined;
}

/** How far maps lie beside what they answer to, in pixels: positive is down and right. */
export interface SpotOffset {
  readonly y: number;
  readonly x: number;
  /** Standard errors of these means over draws. */
  readonly yError: number;
  readonly xError: number;
  /** Draws that count: those where the spot raises the map. */
  readonly places: number;
}

/** Draws whose images are mapped together, five each. */
const TOGETHER = 8;

/**
 * Pastes spots of tumour into healthy tissue at places that are known, and measures how far from there the map rises:
 * the centre of mass of the map with the spot less the map without, of what passes half its height. Each place is
 * mirrored about the image's middle both ways, so that what lies elsewhere in the map, and borders, cancel out.
 *
 * @param attribute maps at the images' own size, cells placed as they are to be judged: `(x) => gradCam(model, x)`. An
 *   origin that is d pixels further moves the answer by d.
 * @throws EvaluationError `option` for a spot that is too large, and what is no whole number; `maps` where no spot
 *   raises the map, or maps are of another size.
 */
export async function spotOffset(attribute: Attribution, options: SpotOffsetOptions): Promise<SpotOffset> {
  const known = { healthy: true, tumour: true, diameter: true, places: true, seed: true } as const;
  checkOptions<SpotOffsetOptions>('spotOffset', options, known);
  checkAttribute('spotOffset', attribute);
  const { healthy, tumour, places = 64, seed = 0 } = options;
  const { diameter = fitting(healthy) } = options;
  const size = sizeOf(healthy, tumour, diameter, places);
  const draws = await drawPlaces(places, seed, diameter, size, [healthy.shape[0], tumour.shape[0]]);
  const [tissue, lesions] = await Promise.all([pixelsOf(healthy), pixelsOf(tumour)]);
  const found: (readonly [y: number, x: number])[] = [];
  for (let first = 0; first < places; first += TOGETHER) {
    const part = draws.slice(first, first + TOGETHER);
    const images = part.flatMap((draw) => {
      const plain = tissue(draw.healthy);
      return [
        plain,
        ...mirrored(draw, size).map((at) => pasted(plain, lesions(draw.tumour), at, size, diameter)),
      ];
    });
    const maps = await mapsOf(attribute, images, size);
    for (const [k, draw] of part.entries()) {
      const [without, ...spots] = maps.slice(5 * k, 5 * k + 5);
      const offsets = mirrored(draw, size).map((at, i) => offsetFrom(at, spots[i]!, without!, size));
      const all = offsets.filter((offset) => offset !== undefined);
      // A place counts with its mirror images or not at all.
      if (all.length === offsets.length)
        found.push([meanOf(all.map(([y]) => y)), meanOf(all.map(([, x]) => x))]);
    }
  }
  if (found.length === 0) {
    throw new EvaluationError(
      'maps',
      'spotOffset: no spot raises the map; give spots of what the model finds, and maps of it',
    );
  }
  const [ys, xs] = [found.map(([y]) => y), found.map(([, x]) => x)];
  return { y: meanOf(ys), x: meanOf(xs), yError: errorOf(ys), xError: errorOf(xs), places: found.length };
}

interface Size {
  readonly height: number;
  readonly width: number;
}

interface Draw {
  readonly healthy: number;
  readonly tumour: number;
  readonly y: number;
  readonly x: number;
}

/** An odd number of pixels. */
function fitting({ shape: [, height, width] }: Tensor4D): number {
  const third = Math.floor(Math.min(height, width) / 3);
  return Math.min(25, third - (1 - (third % 2)));
}

function sizeOf(healthy: Tensor4D, tumour: Tensor4D, diameter: number, places: number): Size {
  const [, height, width, channels] = healthy.shape;
  if (tumour.shape.slice(1).join() !== healthy.shape.slice(1).join() || channels !== 3) {
    throw new EvaluationError(
      'size',
      `spotOffset: healthy is [${healthy.shape}] and tumour [${tumour.shape}]; give RGB images of one size`,
    );
  }
  if (!(diameter % 2 === 1 && diameter >= 1 && 3 * diameter <= Math.min(height, width))) {
    throw new EvaluationError(
      'option',
      `spotOffset: diameter is ${diameter}; give an odd number of pixels, at most a third of ${height}×${width}`,
    );
  }
  if (!(Number.isInteger(places) && places >= 1)) {
    throw new EvaluationError('option', `spotOffset: places is ${places}; give a whole number from 1 on`);
  }
  return { height, width };
}

/** Places at least a diameter from the border. */
async function drawPlaces(
  count: number,
  seed: number,
  diameter: number,
  { height, width }: Size,
  [healthy, tumour]: readonly [number, number],
): Promise<Draw[]> {
  const uniform = randomUniform([count, 4], 0, 1, 'float32', seed);
  const values = await uniform.data();
  uniform.dispose();
  return Array.from({ length: count }, (_, i) => {
    const below = (k: number, n: number): number => Math.min(n - 1, Math.floor(values[4 * i + k]! * n));
    return {
      healthy: below(0, healthy),
      tumour: below(1, tumour),
      y: diameter + below(2, height - 2 * diameter),
      x: diameter + below(3, width - 2 * diameter),
    };
  });
}

function mirrored({ y, x }: Draw, { height, width }: Size): (readonly [y: number, x: number])[] {
  return [y, height - 1 - y].flatMap((row) => [x, width - 1 - x].map((column) => [row, column] as const));
}

async function pixelsOf(images: Tensor4D): Promise<(index: number) => Float32Array> {
  const values = Float32Array.from(await images.data());
  const size = values.length / images.shape[0];
  return (index) => values.subarray(index * size, (index + 1) * size);
}

function pasted(
  plain: Float32Array,
  lesion: Float32Array,
  [y, x]: readonly [number, number],
  { height, width }: Size,
  diameter: number,
): Float32Array {
  const image = Float32Array.from(plain);
  const radius = (diameter - 1) / 2;
  for (let dy = -radius; dy <= radius; dy++) {
    for (let dx = -radius; dx <= radius; dx++) {
      if (dy * dy + dx * dx > (diameter / 2) ** 2) continue;
      const from = 3 * (((height >> 1) + dy) * width + (width >> 1) + dx);
      image.set(lesion.subarray(from, from + 3), 3 * ((y + dy) * width + x + dx));
    }
  }
  return image;
}

async function mapsOf(
  attribute: Attribution,
  images: readonly Float32Array[],
  { height, width }: Size,
): Promise<Float32Array[]> {
  const flat = new Float32Array(images.length * height * width * 3);
  for (const [i, image] of images.entries()) flat.set(image, i * image.length);
  const maps = tidy(() => attribute(tensor4d(flat, [images.length, height, width, 3])));
  try {
    if (maps.shape.join() !== [images.length, height, width].join()) {
      throw new EvaluationError(
        'maps',
        `spotOffset: the attribution gave maps [${maps.shape}] of ${images.length} images of ${height}×${width}; leave them at the images' size`,
      );
    }
    const values = (await maps.data()) as Float32Array;
    return images.map((_, i) => values.slice(i * height * width, (i + 1) * height * width));
  } finally {
    maps.dispose();
  }
}

/** From the spot to the centre of mass of the rise; undefined where there is none. */
function offsetFrom(
  [y, x]: readonly [number, number],
  spot: Float32Array,
  without: Float32Array,
  { width }: Size,
): readonly [y: number, x: number] | undefined {
  const rise = spot.map((value, i) => value - without[i]!);
  const half = rise.reduce((a, b) => Math.max(a, b), 0) / 2;
  let [mass, sumY, sumX] = [0, 0, 0];
  for (const [i, value] of rise.entries()) {
    if (value <= half) continue;
    mass += value - half;
    sumY += (value - half) * Math.floor(i / width);
    sumX += (value - half) * (i % width);
  }
  return mass > 0 ? [sumY / mass - y, sumX / mass - x] : undefined;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

/** Not a number of a single value. */
function errorOf(values: readonly number[]): number {
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}
