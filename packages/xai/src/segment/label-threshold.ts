import { centreSquare, checkCentre } from '../centre.js';
import { checkOptions, expectThat, isShare, SHARE } from '../check-options.js';
import type { MapValues } from '../display/colorize.js';
import { XaiError } from '../errors.js';
import { checkLabelledMaps, checkSize } from './check-labelled-maps.js';
import { chooseMapThreshold } from './threshold.js';

/** Of {@link labelThreshold}. */
export interface LabelThresholdOptions {
  /** Height and width of the maps. */
  readonly size: readonly [height: number, width: number];
  /** Side in pixels of the square in the middle that a label speaks of: 32 for PCam. */
  readonly centre: number;
  /**
   * A patch counts as positive where this share of its centre is at or above the threshold, in [0, 1]. 0 is
   * PCam's own rule, one pixel, but then single pixels of noise decide and the threshold comes out high. Default 0.25.
   */
  readonly share?: number;
}

/** Patches of a data set whose maps were seen, and how well a cut tells their labels. */
export interface LabelThreshold {
  /**
   * @param maps raw values `[n, height, width]` of whole maps. @param labels `[n]`, 0 or 1.
   * @throws XaiError where their lengths do not fit, or a value is not finite; nothing is then added.
   */
  update(maps: MapValues, labels: ArrayLike<number>): void;
  /** Patches so far. */
  readonly length: number;
  /** @throws XaiError where there was no positive patch. */
  threshold(): number;
}

/**
 * A threshold from labels, with no mask: that by which patches are told best (highest F1), if a patch is called
 * positive for what of its centre is cut out, as PCam's labels are made. Take patches that were not trained
 * on. Otsu's rule and quantiles know nothing of tumour.
 *
 * @throws XaiError for a share that is not from 0 to 1.
 */
export function labelThreshold(options: LabelThresholdOptions): LabelThreshold {
  checkOptions<LabelThresholdOptions>('labelThreshold', options, { size: true, centre: true, share: true });
  const { size, centre: side, share = 0.25 } = options;
  checkSize('labelThreshold', size);
  checkCentre('labelThreshold', side);
  expectThat(isShare(share), 'share', share, SHARE);
  const [height, width] = size;
  const pixels = height * width;
  const inside = centreSquare(size, side);
  const centre = Array.from({ length: pixels }, (_, i) => i).filter((i) =>
    inside(Math.floor(i / width), i % width),
  );
  /** Of the centre's pixels in descending order, the one that makes the share whole. */
  const decisive = Math.max(1, Math.ceil(share * centre.length)) - 1;
  const values: number[] = [];
  const truth: number[] = [];
  return {
    update(maps, labels) {
      checkLabelledMaps(maps, labels, size);
      const found = Array.from({ length: labels.length }, (_, k) => {
        const ordered = Float64Array.from(centre, (i) => maps[k * pixels + i]!).sort();
        const wrong = ordered.find((value) => !Number.isFinite(value));
        if (wrong !== undefined) {
          throw new XaiError(
            'not-finite',
            `A pixel of map ${values.length + k} is ${wrong}: look for it in the images or weights.`,
          );
        }
        return ordered[ordered.length - 1 - decisive]!;
      });
      values.push(...found);
      truth.push(...Array.from(labels));
    },
    get length() {
      return values.length;
    },
    threshold() {
      if (!truth.includes(1)) throw new XaiError('data', 'No patch is positive: labels choose no threshold.');
      return chooseMapThreshold(values, { method: 'bestF1', masks: truth });
    },
  };
}
