import { imageMaskOverlap, imagePixelScores } from '@pcam/metrics';
import type { Dataset } from '@pcam/pcam-data';
import { type Attribution, segment } from '@pcam/xai';
import type { Measured } from './baselines.js';
import { mappedBatches } from './mapped-batches.js';
import type { Rule } from './rule.js';
import { chooseThresholds, type ThresholdSource, type Thresholds } from './thresholds.js';

export interface MeasureOptions {
  readonly dataset: Dataset;
  readonly source: ThresholdSource;
  readonly rule: Rule;
  readonly minimumArea: number;
  readonly batchSize: number;
  /** Hears what is done, to how many patches. */
  readonly onProgress?: (label: string, done: number, total: number) => void;
  readonly label: string;
  /** Hears each patch once: its true mask, where the data has such, and both predicted ones. */
  readonly onPatch?: (patch: SegmentedPatch) => Promise<void> | void;
}

interface SegmentedPatch {
  /** Place in the data set. */
  readonly index: number;
  readonly truth: Uint8Array | undefined;
  readonly plain: Uint8Array;
  readonly maskSelected: Uint8Array | undefined;
}

export interface SegmentedModel {
  readonly thresholds: Thresholds;
  readonly plain: Measured;
  readonly maskSelected?: Measured;
}

/**
 * Chooses where a model's maps are cut, cuts them, and measures both maps and masks on the data's masks,
 * where it has such.
 */
export async function measureModel(attribute: Attribution, options: MeasureOptions): Promise<SegmentedModel> {
  const { dataset, source, rule, minimumArea, batchSize, label, onPatch } = options;
  const thresholds = await chooseThresholds(rule, source, attribute, {
    batchSize,
    onProgress: (done, total) => options.onProgress?.('threshold', done, total),
  });
  const scores = imagePixelScores();
  const [plain, selected] = [imageMaskOverlap(), imageMaskOverlap()];
  const pixels = dataset.height * dataset.width;
  const onProgress = (done: number, total: number) => options.onProgress?.(label, done, total);
  for await (const { maps, values, masks, index } of mappedBatches(dataset, attribute, {
    batchSize,
    onProgress,
  })) {
    const cut = (threshold: number) => segment(maps, { threshold, minimumArea });
    const plainMasks = await cut(thresholds.plain);
    const selectedMasks =
      thresholds.maskSelected === undefined ? undefined : await cut(thresholds.maskSelected);
    for (const [i, place] of index.entries()) {
      const part = <T extends Uint8Array | Float32Array>(all: T) =>
        all.subarray(i * pixels, (i + 1) * pixels) as T;
      const truth = masks && part(masks);
      const maskSelected = selectedMasks && part(selectedMasks);
      if (truth) {
        scores.update(part(values), truth);
        plain.update(part(plainMasks), truth);
        if (maskSelected) selected.update(maskSelected, truth);
      }
      await onPatch?.({ index: place, truth, plain: part(plainMasks), maskSelected });
    }
  }
  return {
    thresholds,
    plain: { scores, overlap: plain },
    ...(thresholds.maskSelected !== undefined && { maskSelected: { scores, overlap: selected } }),
  };
}
