import {
  type Baselines,
  baselines,
  type Estimates,
  estimate,
  type Maps,
  type MeasureOptions,
  measureModel,
  needsMasks,
  type SegmentedModel,
  type Subject,
  type Thresholds,
} from '@pcam/evaluation';
import { maskPng, type PatchPictures, type Pictures } from '@pcam/figures';
import { type Attribution, segment } from '@pcam/xai';
import type { Tensor3D } from '@tensorflow/tfjs-core';
import { pictureExamples } from './gallery.js';

/** What masks a model's maps make, and how good they are. */
export interface Segmentation {
  readonly method: string;
  readonly thresholds: Thresholds;
  /** Where the masks that are written and drawn were cut. */
  readonly written: 'plain' | 'maskSelected';
  /** Share of pixels that the written masks call tumour. */
  readonly predictedShare: number;
  /** Share of pixels that are tumour; where the data has masks. */
  readonly prevalence?: number;
  /** What is reached on the masks of the data, where it has such. */
  readonly estimates?: SegmentationEstimates;
  /** The run compared with. */
  readonly compare?: { readonly name: string; readonly thresholds: Thresholds };
  /** From the best overlap (without true masks: the largest one) to the worst, among patches with tumour in either mask. */
  readonly examples: readonly SegmentationExample[];
  readonly range: Pictures['range'];
  /** From maps to the masks that are written. */
  readonly cut: (maps: Tensor3D) => Promise<Uint8Array>;
}

/** `gain` is the model's over the run compared with, on the same resamples. */
type SegmentationEstimates = Readonly<
  Record<'model' | 'allOnes' | 'random' | 'centrePrior', Estimates> &
    Partial<Record<'maskSelected' | 'compare' | 'compareMaskSelected' | 'gain', Estimates>>
>;

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

export interface SegmentSplitOptions extends Omit<MeasureOptions, 'label' | 'onPatch'> {
  readonly maps: Maps;
  readonly compare?: { readonly name: string; readonly attribute: Attribution } | undefined;
  /** Patches in the picture. */
  readonly shown: number;
  readonly resamples: number;
  readonly seed: number;
  readonly write: (name: string, content: Uint8Array) => void;
}

/** Cuts the maps of a split into masks, writes these and, where it has masks, measures them beside the baselines. */
export async function segmentSplit(options: SegmentSplitOptions): Promise<Segmentation> {
  const { maps, compare, dataset, rule, write, resamples, seed, minimumArea, batchSize } = options;
  const { height, width, slides, length } = dataset;
  const { attribute, method } = maps;
  const beside = baselines(height, width);
  const written = needsMasks(rule) ? 'maskSelected' : 'plain';
  const marked: boolean[] = [];
  const shares: number[] = [];
  const measured = await measureModel(attribute, {
    ...options,
    label: 'segmenting',
    onPatch: async (patch) => {
      if (patch.truth) beside.update(patch.truth);
      const mask = patch[written]!;
      marked.push(mask.includes(1) || patch.truth?.includes(1) === true);
      shares.push(mask.reduce((sum, value) => sum + value, 0) / mask.length);
      write(`masks/${patch.index}.png`, await maskPng(mask, width, height));
    },
  });
  const other = compare && (await measureModel(compare.attribute, { ...options, label: 'comparing' }));
  const bootstrap = resamples > 0 && { resamples, seed, ...(slides && { groups: slides }) };
  const estimates = dataset.hasMasks
    ? (estimate(subjectsOf(measured, beside, other), length, bootstrap) as SegmentationEstimates)
    : undefined;

  const threshold = measured.thresholds[written]!;
  const cut = (given: Tensor3D) => segment(given, { threshold, minimumArea });
  const dice = estimates && measured[written]!.overlap.each();
  const index = bestToWorst(dice ?? shares, marked, options.shown);
  const { pictures, range } = await pictureExamples({ dataset, index, attribute, batchSize, cut });
  return {
    method,
    thresholds: measured.thresholds,
    written,
    predictedShare: shares.reduce((sum, share) => sum + share, 0) / length,
    ...(estimates && {
      estimates,
      prevalence: estimates.allOnes.pixelAp?.value ?? 0, // a score that tells nothing apart reaches the prevalence
    }),
    ...(other && { compare: { name: compare!.name, thresholds: other.thresholds } }),
    examples: index.map((place, i) => ({
      ...{ index: place, share: shares[place]!, ...pictures[i]! },
      ...(dice && { dice: dice[place]! }),
    })),
    range,
    cut,
  };
}

function subjectsOf(
  model: SegmentedModel,
  { allOnes, random, centrePrior }: Baselines,
  other: SegmentedModel | undefined,
): Record<string, Subject> {
  const ofMasks = ['dice', 'iou', 'f1Negative'] as const;
  return {
    model: { of: model.plain },
    ...(model.maskSelected && { maskSelected: { of: model.maskSelected, measures: ofMasks } }),
    allOnes: { of: allOnes },
    random: { of: random },
    centrePrior: { of: centrePrior },
    ...(other && { compare: { of: other.plain }, gain: { of: model.plain, minus: other.plain } }),
    ...(other?.maskSelected && { compareMaskSelected: { of: other.maskSelected, measures: ofMasks } }),
  };
}

/** Evenly spread by what is best, of the patches where there is something to see. */
function bestToWorst(quality: readonly number[], marked: readonly boolean[], count: number): number[] {
  const order = [...quality.keys()]
    .filter((i) => marked[i])
    .sort((a, b) => quality[b]! - quality[a]! || a - b);
  if (order.length <= count) return order;
  return Array.from(
    { length: count },
    (_, k) => order[Math.round((k * (order.length - 1)) / Math.max(1, count - 1))]!,
  );
}
