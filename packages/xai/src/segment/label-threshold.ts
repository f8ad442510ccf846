import { centreSquare } from '../centre-square.js';
import type { MapValues } from '../display/colorize.js';
import { chooseMapThreshold } from './threshold.js';

/** Patches of a data set whose maps were seen, and how well a cut tells their labels. */
export interface LabelThreshold {
  /**
   * @param maps raw values `[n, height, width]` of whole maps. @param labels `[n]`, 0 or 1.
   * @throws Error where their lengths do not fit, or a value is not finite.
   */
  update(maps: MapValues, labels: ArrayLike<number>): void;
  /** Patches so far. */
  readonly length: number;
  /** @throws Error where there was no positive patch. */
  threshold(): number;
}

/**
 * A threshold from labels, with no mask: that by which patches are told best (highest F1) by PCam's own rule, which
 * calls a patch positive if any pixel of its centre 32×32 is tumour, so by the greatest value there. Take patches
 * that were not trained on. Other rules without masks (Otsu's, a quantile) know nothing of tumour.
 *
 * @param size height and width of the maps.
 */
export function labelThreshold(size: readonly [height: number, width: number]): LabelThreshold {
  const [height, width] = size;
  const pixels = height * width;
  const inside = centreSquare(size);
  const centre = Array.from({ length: pixels }, (_, i) => i).filter((i) =>
    inside(Math.floor(i / width), i % width),
  );
  const greatest: number[] = [];
  const truth: number[] = [];
  return {
    update(maps, labels) {
      if (maps.length !== labels.length * pixels) {
        throw new Error(
          `There are ${maps.length} map pixels for ${labels.length} labels; expected maps of ${height}×${width}.`,
        );
      }
      for (let k = 0; k < labels.length; k++) {
        const values = centre.map((i) => maps[k * pixels + i]!);
        const wrong = values.find((value) => !Number.isFinite(value));
        if (wrong !== undefined) {
          throw new Error(
            `A pixel of map ${greatest.length} is ${wrong}: look for it in the images or weights.`,
          );
        }
        greatest.push(Math.max(...values));
        truth.push(labels[k]!);
      }
    },
    get length() {
      return greatest.length;
    },
    threshold() {
      if (!truth.includes(1)) throw new Error('No patch is positive: labels choose no threshold.');
      return chooseMapThreshold(greatest, { method: 'best-f1', masks: truth });
    },
  };
}
