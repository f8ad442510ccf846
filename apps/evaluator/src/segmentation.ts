import {
  BASELINES,
  type BaselineName,
  type Estimates,
  flatKeys,
  type Maps,
  type SegmentationEstimates,
  type SegmentDatasetOptions,
  type SegmentedDataset,
  segmentDataset,
} from '@pcam/evaluation';
import { maskPng, type PatchPictures, type Pictures } from '@pcam/figures';
import type { Dataset } from '@pcam/pcam-data';
import { type Attribution, segment } from '@pcam/xai';
import type { Tensor3D } from '@tensorflow/tfjs-core';
import { pictureExamples } from './gallery.js';
import { attributionValues } from './map-options.js';
import type { EvaluateOptions } from './options.js';
import { spread } from './select-examples.js';

/** How the masks of an evaluation are made and, where the data set has masks, how good they are. */
export interface EvaluatedMasks
  extends Pick<SegmentedDataset, 'thresholds' | 'estimates' | 'partlyTumorous'> {
  /** How the maps are made that are cut, in words. */
  readonly method: string;
  /** Share of pixels that the written masks call tumour. */
  readonly predictedShare: number;
}

/** What masks a model's maps make, how good they are, and some of them to look at. */
export interface Segmentation extends SegmentedDataset, EvaluatedMasks {
  /** The run compared with. */
  readonly compareRun?: string;
  /** From the best overlap (without true masks: the largest one) to the worst, among patches with tumour in either mask. */
  readonly examples: readonly SegmentationExample[];
  readonly range: Pictures['range'];
  /** From maps to the masks that are written. */
  readonly cutMaps: (maps: Tensor3D) => Promise<Uint8Array>;
}

interface SegmentationExample extends PatchPictures {
  /** Place in the data set. */
  readonly index: number;
  /** Where the data has masks. */
  readonly dice?: number;
  /** Of its pixels, those called tumour. */
  readonly share: number;
}

/** For a caption. */
export function describeMask({ dice, share }: Pick<SegmentationExample, 'dice' | 'share'>): string {
  return dice === undefined ? `${(100 * share).toFixed(0)} % called tumour` : `Dice ${dice.toFixed(3)}`;
}

export interface SegmentSplitOptions
  extends Pick<SegmentDatasetOptions, 'rule' | 'source' | 'calls' | 'bootstrap' | 'onProgress'> {
  readonly dataset: Dataset;
  readonly maps: Maps;
  readonly compare?: { readonly name: string; readonly attribute: Attribution } | undefined;
  /** Patches in the picture. */
  readonly shown: number;
  readonly minimumArea: number;
  readonly batchSize: number;
  readonly write: (name: string, content: Uint8Array) => void;
}

/** Cuts the maps of a split into masks, writes and pictures these and, where it has masks, measures them. */
export async function segmentSplit(options: SegmentSplitOptions): Promise<Segmentation> {
  const { dataset, maps, compare, shown, write, ...settings } = options;
  const { attribute, method } = maps;
  const { height, width } = dataset;
  const { minimumArea, batchSize } = settings;
  const marked: boolean[] = [];
  const found = await segmentDataset(dataset, {
    ...settings,
    attribute,
    compare: compare?.attribute,
    onPatch: async ({ index, truth, mask }) => {
      marked.push(mask.includes(1) || truth?.includes(1) === true);
      write(`masks/${index}.png`, await maskPng(mask, width, height));
    },
  });
  const { thresholds, cut, shares, dice } = found;
  const threshold = thresholds[cut]!;
  const cutMaps = (given: Tensor3D) => segment(given, { threshold, minimumArea });
  const index = bestToWorst(dice ?? shares, marked, shown);
  const { pictures, range } = await pictureExamples({ dataset, index, attribute, batchSize, cut: cutMaps });
  return {
    ...found,
    method,
    predictedShare: shares.reduce((sum, share) => sum + share, 0) / dataset.length,
    ...(compare && { compareRun: compare.name }),
    examples: index.map((place, i) => ({
      ...{ index: place, share: shares[place]!, ...pictures[i]! },
      ...(dice && { dice: dice[place]! }),
    })),
    range,
    cutMaps,
  };
}

/** Evenly spread by what is best, of the patches where there is something to see. */
function bestToWorst(quality: readonly number[], marked: readonly boolean[], count: number): number[] {
  const order = [...quality.keys()]
    .filter((i) => marked[i])
    .sort((a, b) => quality[b]! - quality[a]! || a - b);
  return spread(order, count);
}

/** The baselines that there are, in the order to show them. */
export function baselinesOf(estimates: SegmentationEstimates): [BaselineName, Estimates][] {
  const names = Object.keys(BASELINES) as BaselineName[];
  return names.flatMap((name) => {
    const found = estimates[name];
    return found ? [[name, found]] : [];
  });
}

/** The flat keys of `metrics.json` that speak of masks. Those without a suffix owe nothing to any mask. */
export function segmentationKeys(
  segmentation: Segmentation,
  options: EvaluateOptions,
): Record<string, unknown> {
  const { estimates, thresholds, compareRun, compareThresholds, cut, predictedShare } = segmentation;
  const { attribution, layer, mapAverage, mapMargin, smoothing, minimumArea } = options;
  const made = {
    attribution,
    layer: layer ?? null,
    ...attributionValues(options),
    mapAverage,
    mapMargin,
    smoothing,
    minimumArea,
    maskThreshold: thresholds.plain,
    maskThresholdSource: thresholds.plainSource,
    masksWritten: cut,
    predictedPixelShare: predictedShare,
  };
  if (!estimates) return made;
  const { model, maskSelected, compare, compareMaskSelected, gain } = estimates;
  return {
    ...made,
    tumourPixelShare: segmentation.prevalence,
    partlyTumorousPatches: segmentation.partlyTumorous,
    ...flatKeys(model),
    ...(maskSelected && {
      maskThresholdMaskSelected: thresholds.maskSelected,
      maskThresholdMaskSelectedSource: thresholds.maskSelectedSource,
      ...flatKeys(maskSelected, { suffix: 'MaskSelected' }),
    }),
    ...Object.assign({}, ...baselinesOf(estimates).map(([prefix, found]) => flatKeys(found, { prefix }))),
    ...(compare && {
      compareRun,
      compareMaskThreshold: compareThresholds!.plain,
      ...flatKeys(compare, { prefix: 'compare' }),
      ...flatKeys(compareMaskSelected ?? {}, { prefix: 'compare', suffix: 'MaskSelected' }),
      ...flatKeys(gain!, { prefix: 'gain' }),
    }),
  };
}
