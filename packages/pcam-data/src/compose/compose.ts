import type { Moved } from '../augment/augment.js';
import { randomAt, STREAM } from '../sampling-random.js';
import type { ComposeConfig } from './config.js';
import { drawPieces } from './pieces.js';

/** The patch that pieces are taken of for the patch `index` at `position` of an epoch; -1 where it stays whole. */
export type DrawPartner = (epoch: number, position: number, index: number) => number;

/** @throws Error where partners of the other label are asked for and there are none. */
export function partnersOf(labels: Uint8Array, config: ComposeConfig, seed: number): DrawPartner {
  const members = [0, 1].map((label) =>
    Int32Array.from(labels.keys()).filter((index) => labels[index] === label),
  );
  for (const label of [0, 1]) {
    if (config.opposite > 0 && members[label]!.length === 0) {
      throw new Error(`compose: no patch has label ${label}; switch it off, or set opposite to 0`);
    }
  }
  return (epoch, position, index) => {
    const random = randomAt(seed, epoch, STREAM.partner, position);
    if (random.unit() >= config.share) return -1;
    const own = labels[index]!;
    const others = members[random.unit() < config.opposite ? 1 - own : own]!;
    return others[random.below(others.length)]!;
  };
}

/** A patch with pieces of another one. */
interface Composed extends Moved {
  /** The label of the patch that each pixel is of, 0 or 1, `[height, width]`. */
  readonly pixelLabels: Uint8Array;
}

/** One of the two patches, moved as it is to be seen. */
interface Part extends Moved {
  readonly label: number;
}

/** Composes one patch after another, keeping its working memory: what it returned last is overwritten. */
export type Composer = (own: Part, other: Part, epoch: number, position: number) => Composed;

/** For patches of one size, pixels: pieces of the other patch take the place of a patch's own pixels. */
export function createComposer(height: number, width: number, seed: number): Composer {
  const pixels = height * width;
  const image = new Uint8Array(pixels * 3);
  const mask = new Uint8Array(pixels);
  const pixelLabels = new Uint8Array(pixels);
  return (own, other, epoch, position) => {
    const pieces = drawPieces(height, width, randomAt(seed, epoch, STREAM.pieces, position));
    for (let i = 0; i < pixels; i++) {
      const part = pieces[i] === 1 ? other : own;
      pixelLabels[i] = part.label;
      if (part.mask) mask[i] = part.mask[i]!;
      for (let at = i * 3; at < i * 3 + 3; at++) image[at] = part.image[at]!;
    }
    return { image, mask: own.mask && mask, pixelLabels };
  };
}
