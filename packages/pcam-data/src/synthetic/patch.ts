import { checkChoice, checkKeys } from '@pcam/options';
import { centreLabel } from '../pcam.js';
import { createCanvas, MARGIN } from './canvas.js';
import { type CellTraits, placeHealthyCells } from './cells.js';
import { Crowd } from './crowd.js';
import { paintGround, roughen } from './ground.js';
import { develop } from './optics.js';
import { outlineTumour, type TumourPlace } from './outline.js';
import { Random } from './random.js';
import { fillTissues } from './regions.js';
import { createSlide, type Slide } from './slide.js';
import { placeTumourCells } from './tumour-cells.js';

const TUMOUR_PLACES: readonly TumourPlace[] = ['centre', 'ring', 'none'];

/** A painted patch, and where its tumour lies. */
export interface SyntheticPatch {
  /** RGB, `[size, size, 3]`. */
  readonly image: Uint8Array;
  /** 1 in the tumour's outline, `[size, size]`. */
  readonly mask: Uint8Array;
  /** PCam's: 1 where the centre 32×32 of the mask holds at least one tumour pixel. */
  readonly label: 0 | 1;
}

/** Which patch: the same options give the same. */
export interface SyntheticPatchOptions {
  readonly seed: number;
  /** A whole number; patches of one seed differ by it. 0 by default. */
  readonly index?: number;
  /** Height and width in pixels of about 0.97 µm: a multiple of 32, at least 64; 96 by default. */
  readonly size?: number;
  /** Where the patch carries tumour: `centre` makes it positive; `ring` and `none` negative. */
  readonly tumour?: TumourPlace;
  /** The slide, `createSlide(seed, 0, 0, 'synthetic')` by default. */
  readonly slide?: Slide;
}

/**
 * One H&E-like patch with its tumour mask, the same for the same options on every engine.
 * A `ring` patch for which no ragged outline stays out of the centre has no tumour.
 *
 * @throws RangeError where the size is not a multiple of 32 of at least 64.
 */
export function syntheticPatch(options: SyntheticPatchOptions): SyntheticPatch {
  checkKeys<SyntheticPatchOptions>('syntheticPatch', options, {
    seed: true,
    index: true,
    size: true,
    tumour: true,
    slide: true,
  });
  const { seed, index = 0, size = 96, tumour = 'centre' } = options;
  checkSize(size);
  checkChoice('syntheticPatch: tumour', tumour, TUMOUR_PLACES);
  const slide = options.slide ?? createSlide(seed, 0, 0, 'synthetic');
  const image = new Uint8Array(size * size * 3);
  const mask = new Uint8Array(size * size);
  paintPatch({
    random: new Random(seed, index, 0x9a7c),
    slide,
    size,
    target: tumour,
    image,
    mask,
    offset: 0,
  });
  return { image, mask, label: centreLabel(mask, size) };
}

/** @throws RangeError where the size is not a multiple of 32 of at least 64. */
export function checkSize(size: number): void {
  if (!Number.isInteger(size) || size < 64 || size % 32 !== 0) {
    throw new RangeError(`size ${size}: a synthetic patch needs a multiple of 32 of at least 64, such as 96`);
  }
}

export interface PaintOptions {
  readonly random: Random;
  readonly slide: Slide;
  readonly size: number;
  readonly target: TumourPlace;
  /** Receive the patch at place `offset` (in patches). */
  readonly image: Uint8Array;
  readonly mask: Uint8Array;
  readonly offset: number;
}

/** Paints one patch into buffers that may hold many. */
export function paintPatch({ random, slide, size, target, image, mask, offset }: PaintOptions): void {
  const canvas = createCanvas(size, random.angle());
  const growth = random.weighted(slide.tumour.growth);
  const hasTumour = outlineTumour(canvas, target, random) !== 'none';
  fillTissues(canvas, slide, growth, hasTumour, random);
  paintGround(canvas, slide, random);
  const traits: CellTraits = {
    lymphocyteRadius: random.between(2.8, 3.4),
    lymphocyteH: random.between(1.5, 2.3),
    lymphocyteDensity: random.chance(0.7) ? 1 : random.between(0.12, 0.6),
    infiltration: random.uniform() * random.uniform(),
    softness: slide.softness,
  };
  const crowd = new Crowd(canvas.side);
  if (hasTumour) placeTumourCells(canvas, crowd, slide, growth, traits, random);
  placeHealthyCells(canvas, crowd, traits, random);
  roughen(canvas, random);
  develop(canvas, slide, random, image, offset * size * size * 3);
  for (let y = 0; y < size; y++) {
    const from = (y + MARGIN) * canvas.side + MARGIN;
    mask.set(canvas.tumour.subarray(from, from + size), (offset * size + y) * size);
  }
}
