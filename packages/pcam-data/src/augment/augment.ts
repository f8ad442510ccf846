import { type Random, randomAt, STREAM } from '../sampling-random.js';
import type { AugmentConfig } from './config.js';
import { addNoise, blur } from './filters.js';
import { DIHEDRAL_ORDER, gather } from './geometry.js';
import { type ColourChange, recolour } from './stain.js';
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
 */
export function drawAugment(
  config: AugmentConfig,
  square: boolean,
  seed: number,
  epoch: number,
  position: number,
): AugmentDraw {
  const random = randomAt(seed, epoch, STREAM.augment, position);
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
  };
}

function shift(random: Random, limit: number): number {
  return random.below(2 * limit + 1) - limit;
}

/** Varies one patch after another, keeping its working memory. */
export interface Augmenter {
  /**
   * @param image RGB bytes, `[height, width, 3]`.
   * @param out receives RGB in [0, 1] from patch number `k` on.
   * @param mask 0 or 1, `[height, width]`, with `maskOut`, where there is one.
   */
  apply(
    draw: AugmentDraw,
    image: Uint8Array,
    out: Float32Array,
    k: number,
    mask?: Uint8Array,
    maskOut?: Float32Array,
  ): void;
}

/** Below this standard deviation, pixels, a blur is not seen and not worth its time. */
const LEAST_BLUR = 0.2;

/** An {@link Augmenter} for patches of one size, pixels. */
export function createAugmenter(height: number, width: number): Augmenter {
  const pixels = height * width;
  const moved = new Uint8Array(pixels * 3);
  const movedMask = new Uint8Array(pixels);
  const warped = new Uint8Array(pixels * 3);
  const warpedMask = new Uint8Array(pixels);
  const scratch = new Float32Array(pixels * 3);

  return {
    apply(draw, image, out, k, mask, maskOut) {
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
      const at = k * pixels * 3;
      recolour(bytes, draw, out, at);
      if (draw.blurSigma >= LEAST_BLUR) blur(out, at, height, width, draw.blurSigma, scratch);
      if (draw.noiseSigma > 0) addNoise(out, at, pixels * 3, draw.noiseSigma, draw.noiseStart);
      if (cells && maskOut) maskOut.set(cells, k * pixels);
    },
  };
}
