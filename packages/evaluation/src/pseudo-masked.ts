import { CENTRE, checkDataset, type Dataset, type MaskedDataset, withMasks } from '@pcam/pcam-data';
import { type Attribution, labelThreshold, pseudoMasks } from '@pcam/xai';
import { checkOptions, EvaluationError } from './errors.js';
import { checkAttribute, streamMaps } from './mapped-batches.js';

/** Whose maps make masks for which patches. */
export interface PseudoMaskedOptions {
  /** The patches that get masks. */
  readonly train: Dataset;
  /** Patches that the classifier was not trained on; their labels choose where maps are cut. */
  readonly valid: Dataset;
  /**
   * Maps of a classifier trained on labels, on any scale. The average over many views draws better than one view:
   * `(x) => averagedMaps((y) => gradCam(model, y), x, { margin: 16, stride: model.stride })`.
   */
  readonly attribute: Attribution;
  /** Whether patches that metadata calls free of tumour are healthy throughout. Default true. */
  readonly tumorFree?: boolean;
  /** Default 32. */
  readonly batchSize?: number;
  /** Hears how many patches of both data sets are done. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** Patches with the masks that were made. */
export interface PseudoMasked {
  /** `train` with its pseudo-masks in the place of any other masks. */
  readonly dataset: MaskedDataset;
  /** Where maps were cut. */
  readonly threshold: number;
  /** Share of the pixels called tumour, in [0, 1]. */
  readonly tumourShare: number;
}

/**
 * Patches with masks that a classifier's maps and the labels make (see `pseudoMasks` of `@pcam/xai`), to train a
 * second network on: `attributionConstraint({ region: 'masks' })`, or `fitSegmentation`. No true mask takes part.
 * One byte a pixel is held in memory.
 *
 * @throws EvaluationError as {@link mappedBatches}, `size` where the splits' patches differ in size.
 * @throws Error where `valid` has no positive patch, or for what is no data set; the signal's reason, once aborted.
 */
export async function pseudoMasked(options: PseudoMaskedOptions): Promise<PseudoMasked> {
  checkOptions<PseudoMaskedOptions>('pseudoMasked', options, {
    train: true,
    valid: true,
    attribute: true,
    tumorFree: true,
    batchSize: true,
    onProgress: true,
    signal: true,
  });
  const { train, valid, tumorFree = true } = options;
  checkDataset('pseudoMasked: train', train);
  checkDataset('pseudoMasked: valid', valid);
  checkAttribute('pseudoMasked', options.attribute);
  const { height, width } = train;
  const size = [height, width] as const;
  const pixels = height * width;
  if (valid.height !== height || valid.width !== width) {
    throw new EvaluationError(
      'size',
      `${valid.name} has patches of ${valid.height}×${valid.width}, ${train.name} of ${height}×${width}: give splits of one size.`,
    );
  }
  const total = valid.length + train.length;
  const choice = labelThreshold({ size, centre: CENTRE });
  const { attribute, batchSize, onProgress, signal } = options;
  const mapped = (dataset: Dataset, before: number) =>
    streamMaps('pseudoMasked', dataset, attribute, {
      batchSize,
      signal,
      onProgress: (done) => onProgress?.(before + done, total),
    });
  for await (const { values, labels } of mapped(valid, 0)) choice.update(values, labels);
  const threshold = choice.threshold();
  const masks = new Uint8Array(train.length * pixels);
  const { tumorPatch } = train;
  for await (const { values, labels, index } of mapped(train, valid.length)) {
    const free = tumorFree && tumorPatch && { tumorPatch: index.map((i) => tumorPatch[i]!) };
    masks.set(pseudoMasks(values, { size, centre: CENTRE, threshold, labels, ...free }), index[0]! * pixels);
  }
  const tumour = masks.reduce((sum, value) => sum + value, 0);
  return { dataset: withMasks(train, masks), threshold, tumourShare: tumour / masks.length };
}
