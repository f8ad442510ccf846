import { Random } from './random.js';

/** Side of the noise textures in pixels; they tile, so any offset is taken `& NOISE_MASK`. */
const NOISE_SIDE = 256;
export const NOISE_MASK = 255;

/** Tileable textures of mean 0 and standard deviation 1, `[256, 256]`, by grain. */
export interface Noise {
  /** Independent pixels: the scanner's. */
  readonly white: Float32Array;
  /** About 2 px: the roughness of everything stained. */
  readonly speckle: Float32Array;
  /** About 3 px: chromatin, granular cytoplasm. */
  readonly grain: Float32Array;
  /** About 10 px: uneven ground, ragged borders. */
  readonly patchy: Float32Array;
  /** About 30 px: the bends of fibres and of regions. */
  readonly broad: Float32Array;
}

let shared: Noise | undefined;

/** Made once; patches differ by where they read it. */
export function noise(): Noise {
  shared ??= create();
  return shared;
}

function create(): Noise {
  const white = texture(1, 0);
  const grain = texture(2, 1);
  const speckle = standardised(grain.map((value, i) => 1.2 * value + (white[i] as number)));
  return { white, speckle, grain, patchy: texture(3, 3), broad: texture(4, 9) };
}

function texture(key: number, radius: number): Float32Array {
  const random = new Random(0x5e11, key);
  let field: Float32Array = new Float32Array(NOISE_SIDE * NOISE_SIDE).map(() => random.normal(0, 1));
  // Three box filters come close to a Gaussian, so that no direction stands out.
  for (let pass = 0; pass < (radius > 0 ? 3 : 0); pass++)
    field = transposedBox(transposedBox(field, radius), radius);
  return standardised(field);
}

/** A box filter along the rows, written transposed, so that two calls filter both ways. */
function transposedBox(field: Float32Array, radius: number): Float32Array {
  const out = new Float32Array(field.length);
  for (let y = 0; y < NOISE_SIDE; y++) {
    const row = y * NOISE_SIDE;
    for (let x = 0; x < NOISE_SIDE; x++) {
      let sum = 0;
      for (let k = -radius; k <= radius; k++) sum += field[row + ((x + k) & NOISE_MASK)] as number;
      out[x * NOISE_SIDE + y] = sum;
    }
  }
  return out;
}

function standardised(field: Float32Array): Float32Array {
  let sum = 0;
  let squares = 0;
  for (const value of field) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / field.length;
  const sd = Math.sqrt(squares / field.length - mean * mean);
  return field.map((value) => (value - mean) / sd);
}

/** A window on one texture at a random place. */
export class NoiseView {
  private readonly field: Float32Array;
  private readonly y: number;
  private readonly x: number;

  constructor(field: Float32Array, random: Random) {
    this.field = field;
    this.y = random.below(NOISE_SIDE);
    this.x = random.below(NOISE_SIDE);
  }

  at(y: number, x: number): number {
    return this.field[(((y + this.y) & NOISE_MASK) << 8) | ((x + this.x) & NOISE_MASK)] as number;
  }

  /** Bilinear, for coordinates between pixels. */
  smooth(y: number, x: number): number {
    const y0 = Math.floor(y);
    const x0 = Math.floor(x);
    const fy = y - y0;
    const fx = x - x0;
    const top = this.at(y0, x0) * (1 - fx) + this.at(y0, x0 + 1) * fx;
    const bottom = this.at(y0 + 1, x0) * (1 - fx) + this.at(y0 + 1, x0 + 1) * fx;
    return top * (1 - fy) + bottom * fy;
  }
}
