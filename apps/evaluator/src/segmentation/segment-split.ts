import { type Attribution, segment } from '@pcam/xai';
import type { Tensor3D } from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import type { Maps } from '../attribution/maps.js';
import { drawPatches, type PatchPictures, type Pictures } from '../gallery/pictures.js';
import { type Baselines, baselines } from './baselines.js';
import { type MeasureOptions, measureModel, type SegmentedModel } from './measure.js';
import { type Estimates, estimate, type Subject } from './metrics.js';
import { needsMasks } from './rule.js';
import type { Thresholds } from './thresholds.js';

/** What masks a model's maps make, and how good they are. */
export interface Segmentation {
  readonly method: string;
  readonly thresholds: Thresholds;
  /** Where the masks that are written and drawn were cut. */
  readonly written: 'plain' | 'maskSelected';
  /** Share of pixels that are tumour. */
  readonly prevalence: number;
  readonly estimates: SegmentationEstimates;
  /** The run compared with. */
  readonly compare?: { readonly name: string; readonly thresholds: Thresholds };
  /** From the best overlap to the worst, among patches with tumour in either mask. */
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
  readonly dice: number;
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

/** Cuts the maps of a split into masks, writes these, and measures them beside the baselines. */
export async function segmentSplit(options: SegmentSplitOptions): Promise<Segmentation> {
  const { maps, compare, dataset, rule, write, resamples, seed, minimumArea, batchSize } = options;
  const { height, width, slides, length } = dataset;
  const { attribute, method } = maps;
  const beside = baselines(height, width);
  const written = needsMasks(rule) ? 'maskSelected' : 'plain';
  const marked: boolean[] = [];
  const measured = await measureModel(attribute, {
    ...options,
    label: 'segmenting',
    onPatch: async (patch) => {
      beside.update(patch.truth);
      const mask = patch[written]!;
      marked.push(mask.includes(1) || patch.truth.includes(1));
      write(`masks/${patch.index}.png`, await maskPng(mask, width, height));
    },
  });
  const other = compare && (await measureModel(compare.attribute, { ...options, label: 'comparing' }));
  const bootstrap = resamples > 0 && { resamples, seed, ...(slides && { groups: slides }) };
  const estimates = estimate(subjectsOf(measured, beside, other), length, bootstrap);

  const threshold = measured.thresholds[written]!;
  const cut = (given: Tensor3D) => segment(given, { threshold, minimumArea });
  const dice = measured[written]!.overlap.each();
  const index = bestToWorst(dice, marked, options.shown);
  const { pictures, range } = await drawPatches({ dataset, index, attribute, batchSize, cut });
  return {
    method,
    thresholds: measured.thresholds,
    written,
    prevalence: estimates.allOnes!.pixelAp?.value ?? 0, // a score that tells nothing apart reaches the prevalence
    estimates: estimates as SegmentationEstimates,
    ...(other && { compare: { name: compare!.name, thresholds: other.thresholds } }),
    examples: index.map((place, i) => ({ index: place, dice: dice[place]!, ...pictures[i]! })),
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

/** Evenly spread by Dice, of the patches where there is something to see. */
function bestToWorst(dice: readonly number[], marked: readonly boolean[], count: number): number[] {
  const order = [...dice.keys()].filter((i) => marked[i]).sort((a, b) => dice[b]! - dice[a]! || a - b);
  if (order.length <= count) return order;
  return Array.from(
    { length: count },
    (_, k) => order[Math.round((k * (order.length - 1)) / Math.max(1, count - 1))]!,
  );
}

/** White where there is tumour, black elsewhere. */
async function maskPng(mask: Uint8Array, width: number, height: number): Promise<Buffer> {
  return sharp(
    mask.map((value) => value * 255),
    { raw: { width, height, channels: 1 } },
  )
    .png({ compressionLevel: 9 })
    .toBuffer();
}
