import { type Random, randomAt, STREAM } from '../sampling-random.js';
import type { AugmentConfig } from './config.js';
import { addNoise, blur } from './filters.js';
import { DIHEDRAL_ORDER, gather } from './geometry.js';
import { type ColourChange, fade, recolour } from './stain.js';
import { warp } from './warp.js';

/** What happens to one patch. */
export interface AugmentDraw extends ColourChange {
  /** Which symmetry, 0–7. */
  readonly symmetry: number;
  /** Shift, pixels. */
  readonly dy: number;
  readonly dx: number;
  /** Counter-clockwise rotation, degrees. */
  readonly degrees: number;
  /** Enlargement. */
  readonly zoom: number;
  /** How far colours move towards the patch's mean tint, 0 to 1. */
  readonly fade: number;
  /** Pixels; 0 for none. */
  readonly blurSigma: number;
  /** RGB in [0, 1]; 0 for none. */
  readonly noiseSigma: number;
  /** Which noise. */
  readonly noiseStart: number;
}

/**
 * The draw for the patch at `position` of an epoch: a pure function of its arguments.
 * Every value is drawn whether used or not, so switching one part off leaves the others.
 *
 * @param stream of the random numbers: the patch's own by default.
 */
export function drawAugment(
  config: AugmentConfig,
  square: boolean,
  seed: number,
  epoch: number,
  position: number,
  stream: number = STREAM.augment,
): AugmentDraw {
  const random = randomAt(seed, epoch, stream, position);
  const symmetry = random.below(DIHEDRAL_ORDER);
  const blurred = random.unit() < config.blurProbability;
  const blurSigma = random.unit() * config.blurSigma;
  return {
    // Quarter turns would swap height and width.
    symmetry: config.dihedral ? (square ? symmetry : symmetry & ~1) : 0,
    dy: shift(random, config.shift),
    dx: shift(random, config.shift),
    degrees: random.around(config.rotate),
    zoom: (1 + config.zoom) ** random.around(1),
    scale: [0, 1, 2].map(() => 1 + random.around(config.stainScale)),
    offset: [0, 1, 2].map(() => random.around(config.stainOffset)),
    brightness: random.around(config.brightness),
    contrast: 1 + random.around(config.contrast),
    blurSigma: blurred ? blurSigma : 0,
    noiseSigma: random.unit() * config.noiseSigma,
    noiseStart: random.below(2 ** 31),
    fade: random.unit() < config.fadeProbability ? random.unit() : 0,
  };
}

function shift(random: Random, limit: number): number {
  return random.below(2 * limit + 1) - limit;
}

/** RGB bytes `[height, width, 3]`, and a mask of 0 and 1 `[height, width]` where there is one. */
export interface Moved {
  readonly image: Uint8Array;
  readonly mask: Uint8Array | undefined;
}

/** Moves one patch after another, keeping its working memory: what it returned last is overwritten. */
export type Mover = (draw: AugmentDraw, image: Uint8Array, mask?: Uint8Array) => Moved;

/** The geometry of a draw, for patches of one size, pixels. */
export function createMover(height: number, width: number): Mover {
  const pixels = height * width;
  const moved = new Uint8Array(pixels * 3);
  const movedMask = new Uint8Array(pixels);
  const warped = new Uint8Array(pixels * 3);
  const warpedMask = new Uint8Array(pixels);

  return (draw, image, mask) => {
    const still = draw.symmetry === 0 && draw.dy === 0 && draw.dx === 0;
    let bytes = image;
    let cells = mask;
    if (!still) {
      const { rows, columns } = gather(height, width, draw.symmetry, draw.dy, draw.dx);
      bytes = moved;
      for (let y = 0, at = 0; y < height; y++) {
        for (let x = 0; x < width; x++, at += 3) {
          const from = (rows[y]! + columns[x]!) * 3;
          moved[at] = image[from]!;
          moved[at + 1] = image[from + 1]!;
          moved[at + 2] = image[from + 2]!;
        }
      }
      if (mask) {
        cells = movedMask;
        for (let y = 0, at = 0; y < height; y++) {
          for (let x = 0; x < width; x++) movedMask[at++] = mask[rows[y]! + columns[x]!]!;
        }
      }
    }
    if (draw.degrees !== 0 || draw.zoom !== 1) {
      warp(bytes, warped, cells, warpedMask, height, width, draw.degrees, draw.zoom);
      bytes = warped;
      if (cells) cells = warpedMask;
    }
    return { image: bytes, mask: cells };
  };
}

/** Colours, blurs and adds noise: RGB bytes `[height, width, 3]` to RGB in [0, 1], from patch number `k` of `out` on. */
export type Tinter = (draw: AugmentDraw, image: Uint8Array, out: Float32Array, k: number) => void;

/** Below this standard deviation, pixels, a blur is not seen and not worth its time. */
const LEAST_BLUR = 0.2;

/** What a draw changes beside geometry, for patches of one size, pixels. */
export function createTinter(height: number, width: number): Tinter {
  const values = height * width * 3;
  const scratch = new Float32Array(values);
  return (draw, image, out, k) => {
    const at = k * values;
    recolour(image, draw, out, at);
    if (draw.fade > 0) fade(out, at, values, draw.fade);
    if (draw.blurSigma >= LEAST_BLUR) blur(out, at, height, width, draw.blurSigma, scratch);
    if (draw.noiseSigma > 0) addNoise(out, at, values, draw.noiseSigma, draw.noiseStart);
  };
}
