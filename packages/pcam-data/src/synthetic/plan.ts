import type { TumourPlace } from './outline.js';
import { hash, Random } from './random.js';
import { createSlide, type Slide } from './slide.js';

/** Share of negatives that are asked to carry tumour in the outer ring. */
const RING_SHARE = 0.2;
const DEFAULT_SLIDES = 40;

/** Which slide and which target each patch of a split has: known before any is painted. */
export interface Plan {
  readonly slides: readonly Slide[];
  target(index: number): TumourPlace;
  slide(index: number): Slide;
  /** The patch's own random stream. */
  random(index: number): Random;
}

/**
 * Patch `index` of a split depends on (seed, split, index, number of slides) alone, not on
 * how many patches there are. Of patches 2j and 2j + 1 one is positive, so that any even
 * count is balanced.
 */
export function planSplit(seed: number, split: string, slideCount: number = DEFAULT_SLIDES): Plan {
  const splitKey = hash(
    [...split].map((letter) => letter.codePointAt(0) ?? 0),
    7,
  );
  const slides = Array.from({ length: slideCount }, (_, k) =>
    createSlide(seed, splitKey, k, `${slidePrefix(split)}${String(k + 1).padStart(3, '0')}`),
  );
  const fraction = (index: number, salt: number): number =>
    (hash([seed, splitKey, index], salt) >>> 0) / 0x100000000;
  return {
    slides,
    target(index) {
      const first = fraction(index >> 1, 11) < 0.5;
      if (first === ((index & 1) === 0)) return 'centre';
      return fraction(index, 13) < RING_SHARE ? 'ring' : 'none';
    },
    slide: (index) => slides[Math.floor(fraction(index, 17) * slideCount)] as Slide,
    random: (index) => new Random(seed, splitKey, index, 0x9a7c),
  };
}

/** What the ids of a split's slides begin with. */
export function slidePrefix(split: string): string {
  return `synthetic_${split}_`;
}
