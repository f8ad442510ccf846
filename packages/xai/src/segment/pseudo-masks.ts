import { centreSquare, checkCentre } from '../centre.js';
import { checkOptions } from '../check-options.js';
import type { MapValues } from '../display/colorize.js';
import { XaiError } from '../errors.js';
import { checkLabelledMaps, checkSize } from './check-labelled-maps.js';

/** Of {@link pseudoMasks}. */
export interface PseudoMaskOptions {
  /** Height and width of the maps. */
  readonly size: readonly [height: number, width: number];
  /** Side in pixels of the square in the middle that a label speaks of: 32 for PCam. */
  readonly centre: number;
  /** `[n]`, 0 or 1. */
  readonly labels: ArrayLike<number>;
  /** `[n]`, 0 where the whole patch is free of tumour (PCam's meta file), where that is known. */
  readonly tumorPatch?: ArrayLike<number>;
  /** Pixels at or above it count as tumour, but where labels know better; see `labelThreshold`. */
  readonly threshold: number;
}

/**
 * Masks for training, made of a classifier's maps and of what labels tell: a map is cut, and the centre of
 * negatives and the whole of patches without tumour are healthy whatever it says. A network that is constrained to
 * them (`region: 'masks'`) learns to draw, in one pass and from one view, what the first one's maps say on average
 * over many views: self-training, or "pseudo-masks" in weakly supervised segmentation (Kolesnikov & Lampert 2016,
 * arXiv:1603.06098, and after). No true mask takes part.
 *
 * @param maps raw values `[n, height, width]`, best averaged (`averagedMaps`).
 * @returns `[n, height, width]`, 0 or 1.
 * @throws XaiError where lengths do not fit, or the threshold or a value is not a number.
 */
export function pseudoMasks(maps: MapValues, options: PseudoMaskOptions): Uint8Array {
  const known = { size: true, centre: true, labels: true, tumorPatch: true, threshold: true } as const;
  checkOptions<PseudoMaskOptions>('pseudoMasks', options, known);
  const { size, centre, labels, tumorPatch, threshold } = options;
  checkSize('pseudoMasks', size);
  checkCentre('pseudoMasks', centre);
  const [height, width] = size;
  const pixels = height * width;
  checkLabelledMaps(maps, labels, size);
  if (tumorPatch && tumorPatch.length !== labels.length) {
    throw new XaiError(
      'shape',
      `There are ${tumorPatch.length} values of tumorPatch for ${labels.length} labels.`,
    );
  }
  if (typeof threshold !== 'number' || Number.isNaN(threshold)) {
    throw new XaiError('option', `threshold is ${threshold}; expected a number.`);
  }
  const inside = centreSquare(size, centre);
  const masks = new Uint8Array(maps.length);
  for (let k = 0; k < labels.length; k++) {
    if (tumorPatch?.[k] === 0) continue;
    for (let i = 0; i < pixels; i++) {
      const value = maps[k * pixels + i]!;
      if (Number.isNaN(value))
        throw new XaiError('not-finite', `A pixel of map ${k} is NaN: look for it in the images or weights.`);
      const known = labels[k] === 0 && inside(Math.floor(i / width), i % width);
      if (value >= threshold && !known) masks[k * pixels + i] = 1;
    }
  }
  return masks;
}
