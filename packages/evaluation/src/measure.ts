import {
  type ImageMaskOverlap,
  type ImagePixelScores,
  imageMaskOverlap,
  imagePixelScores,
} from '@pcam/metrics';
import type { Dataset } from '@pcam/pcam-data';
import { type Attribution, segment } from '@pcam/xai';
import { checkOptions } from './errors.js';
import { type MappingOptions, mappedBatches } from './mapped-batches.js';

/** Where maps are cut, and how they are made. */
export interface MeasureOptions<Cut extends string> extends MappingOptions {
  /** Where maps are cut into masks, by a name each; none where maps alone are to be measured. */
  readonly thresholds: Readonly<Record<Cut, number>>;
  /** Connected parts of a mask with fewer pixels are dropped. Default 0. */
  readonly minimumArea?: number | undefined;
  /** Hears each patch once, and is waited for. */
  readonly onPatch?: ((patch: CutPatch<Cut>) => Promise<void> | void) | undefined;
}

/** One patch with its masks, 0 or 1, `[height, width]`. */
export interface CutPatch<Cut extends string> {
  /** Place in the data set. */
  readonly index: number;
  /** The true mask, where the data set has such. */
  readonly truth: Uint8Array | undefined;
  readonly masks: Readonly<Record<Cut, Uint8Array>>;
}

/** Of all patches; empty where the data set has no masks. */
export interface MeasuredMaps<Cut extends string> {
  readonly scores: ImagePixelScores;
  readonly overlaps: Readonly<Record<Cut, ImageMaskOverlap>>;
}

/**
 * Maps all patches of a data set, cuts the maps at each threshold, and measures both maps and masks on the data set's
 * masks, where it has such; for numbers and intervals see {@link estimate}.
 *
 * @throws EvaluationError as {@link mappedBatches}.
 */
export async function measureMaps<Cut extends string>(
  dataset: Dataset,
  attribute: Attribution,
  options: MeasureOptions<Cut>,
): Promise<MeasuredMaps<Cut>> {
  checkOptions<MeasureOptions<Cut>>('measureMaps', options, {
    thresholds: true,
    minimumArea: true,
    onPatch: true,
    batchSize: true,
    onProgress: true,
    signal: true,
  });
  const { thresholds, minimumArea, onPatch, ...mapping } = options;
  const cuts = Object.entries<number>(thresholds) as [Cut, number][];
  const scores = imagePixelScores();
  const overlaps = record(cuts.map(([name]) => [name, imageMaskOverlap()]));
  const pixels = dataset.height * dataset.width;
  for await (const { maps, values, masks, index } of mappedBatches(dataset, attribute, mapping)) {
    const all: [Cut, Uint8Array][] = [];
    for (const [name, threshold] of cuts) all.push([name, await segment(maps, { threshold, minimumArea })]);
    for (const [i, place] of index.entries()) {
      const part = <T extends Uint8Array | Float32Array>(whole: T): T =>
        whole.subarray(i * pixels, (i + 1) * pixels) as T;
      const truth = masks && part(masks);
      const predicted = record(all.map(([name, mask]) => [name, part(mask)]));
      if (truth) {
        scores.update(part(values), truth);
        for (const [name] of cuts) overlaps[name].update(predicted[name], truth);
      }
      await onPatch?.({ index: place, truth, masks: predicted });
    }
  }
  return { scores, overlaps };
}

function record<Name extends string, T>(entries: readonly (readonly [Name, T])[]): Record<Name, T> {
  return Object.fromEntries(entries) as Record<Name, T>;
}
