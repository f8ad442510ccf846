import type { BootstrapOptions } from '@pcam/metrics';
import { checkDataset, type Dataset } from '@pcam/pcam-data';
import type { Attribution } from '@pcam/xai';
import { BASELINES, type BaselineName, baselines, checkCalls, type PatchCalls } from './baselines.js';
import { checkOptions, EvaluationError } from './errors.js';
import { type Estimates, estimate, type Subject } from './estimate.js';
import { checkAttribute } from './mapped-batches.js';
import { type CutPatch, type MeasuredMaps, measureMaps } from './measure.js';
import {
  checkRule,
  evaluationThresholds,
  needsLabels,
  needsMasks,
  type ThresholdRule,
  type ThresholdSource,
  type Thresholds,
} from './thresholds.js';

/** `maskSelected` where masks of a validation split chose a threshold too. */
export type Cut = 'plain' | 'maskSelected';

/** What is cut, where, and beside what. */
export interface SegmentDatasetOptions {
  /** Maps of the model evaluated, from images `[B, H, W, 3]` to `[B, H, W]`, raw and signed. */
  readonly attribute: Attribution;
  /** Where maps are cut. Default Otsu's rule. */
  readonly rule?: ThresholdRule | undefined;
  /** Whose pixels choose the threshold. The patches evaluated by default, without their masks. */
  readonly source?: ThresholdSource | undefined;
  /** Connected parts of a mask with fewer pixels are dropped. Default 0. */
  readonly minimumArea?: number | undefined;
  /** Maps of another model, measured on the same patches to see what is gained over it. */
  readonly compare?: Attribution | undefined;
  /** What a model says of whole patches, for the baseline `painted`; without, it is left out. */
  readonly calls?: PatchCalls | undefined;
  /**
   * Of the 95 % intervals. Whole `groups` are drawn: slides by default, where the data set tells them. Default false:
   * none.
   */
  readonly bootstrap?: BootstrapOptions | false | undefined;
  /** Patches at a time. Default 32. */
  readonly batchSize?: number | undefined;
  /** Hears each patch once, and is waited for. */
  readonly onPatch?: ((patch: SegmentedPatch) => Promise<void> | void) | undefined;
  /** Hears what is done, to how many patches. */
  readonly onProgress?: ((task: SegmentingTask, done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One patch with masks 0 or 1, `[height, width]`. */
export interface SegmentedPatch {
  /** Place in the data set. */
  readonly index: number;
  /** The true mask, where the data set has such. */
  readonly truth: Uint8Array | undefined;
  /** Cut from its map where the rule says. */
  readonly mask: Uint8Array;
}

/** What a pass over a data set is for. */
export type SegmentingTask = 'threshold' | 'segmenting' | 'comparing';

/** `gain` is the model's over the one compared with, on the same resamples. */
export type SegmentationEstimates = Readonly<
  Record<'model' | Exclude<BaselineName, 'painted'>, Estimates> &
    Partial<Record<'painted' | 'maskSelected' | 'compare' | 'compareMaskSelected' | 'gain', Estimates>>
>;

/** What masks a model's maps make, and how good they are. */
export interface SegmentedDataset {
  readonly thresholds: Thresholds;
  /** Which of them the rule asks for. */
  readonly cut: Cut;
  /** Where the other model's maps are cut. */
  readonly compareThresholds?: Thresholds;
  /** Share of each patch's pixels that its mask at `cut` calls tumour, `[n]`. */
  readonly shares: readonly number[];
  /** Dice of each patch alone at `cut`, `[n]`, where the data set has masks. */
  readonly dice?: readonly number[];
  /** Share of all pixels that are tumour; where the data set has masks. */
  readonly prevalence?: number;
  /** How many patches are partly tumorous, over which measures within patches are means; where the data set has masks. */
  readonly partlyTumorous?: number;
  /** What is reached on the masks of the data set, where it has such. */
  readonly estimates?: SegmentationEstimates;
}

/**
 * Cuts the maps of all patches into masks and, where the data set has masks, measures both beside baselines and beside
 * another model. No more than a batch of maps is held.
 *
 * @throws EvaluationError `threshold` where the rule finds no threshold, or needs what the source lacks; `size` where
 *   there are not as many calls as patches; as {@link mappedBatches}.
 */
export async function segmentDataset(
  dataset: Dataset,
  options: SegmentDatasetOptions,
): Promise<SegmentedDataset> {
  checkOptions<SegmentDatasetOptions>('segmentDataset', options, {
    attribute: true,
    rule: true,
    source: true,
    minimumArea: true,
    compare: true,
    calls: true,
    bootstrap: true,
    batchSize: true,
    onPatch: true,
    onProgress: true,
    signal: true,
  });
  const { attribute, rule = { method: 'otsu' }, compare, calls, bootstrap = false, onPatch } = options;
  checkDataset('segmentDataset', dataset);
  checkAttribute('segmentDataset', attribute);
  if (compare !== undefined) checkAttribute('segmentDataset: compare', compare);
  checkRule('segmentDataset', rule);
  if (calls !== undefined) checkCalls('segmentDataset', calls, dataset);
  if (options.source !== undefined) checkDataset('segmentDataset: source', options.source?.dataset);
  if ((needsMasks(rule) || needsLabels(rule)) && !options.source?.apart) {
    throw new EvaluationError(
      'threshold',
      'what is evaluated must not choose by its own masks or labels: give a source that is a split apart',
    );
  }
  const cut: Cut = needsMasks(rule) ? 'maskSelected' : 'plain';
  const beside = baselines(dataset.height, dataset.width, calls);
  const shares: number[] = [];
  const model = await measureModel(
    dataset,
    attribute,
    rule,
    options,
    'segmenting',
    async ({ index, truth, masks }) => {
      if (truth) beside.update(truth);
      const mask = masks[cut];
      shares.push(mask.reduce((sum, value) => sum + value, 0) / mask.length);
      await onPatch?.({ index, truth, mask });
    },
  );
  const other = compare && (await measureModel(dataset, compare, rule, options, 'comparing'));
  const seen = {
    thresholds: model.thresholds,
    cut,
    shares,
    ...(other && { compareThresholds: other.thresholds }),
  };
  if (!dataset.hasMasks) return seen;
  const groups = (bootstrap || undefined)?.groups ?? dataset.slides;
  const subjects: Record<string, Subject> = {
    ...subjectsOf('model', 'maskSelected', model),
    ...Object.fromEntries(
      (Object.keys(BASELINES) as BaselineName[]).flatMap((name) => {
        const of = beside[name];
        return of ? [[name, { of }]] : [];
      }),
    ),
    ...(other && {
      ...subjectsOf('compare', 'compareMaskSelected', other),
      gain: { of: plain(model), minus: plain(other) },
    }),
  };
  const resampling = bootstrap && { ...bootstrap, ...(groups && { groups }) };
  const estimates = estimate(subjects, dataset.length, resampling) as SegmentationEstimates;
  return {
    ...seen,
    dice: model.overlaps[cut].each(),
    prevalence: estimates.allOnes.pixelAp?.value ?? 0, // a score that tells nothing apart reaches the prevalence
    partlyTumorous: model.scores.withinImages().filter(Boolean).length,
    estimates,
  };
}

interface MeasuredModel extends MeasuredMaps<Cut> {
  readonly thresholds: Thresholds;
}

async function measureModel(
  dataset: Dataset,
  attribute: Attribution,
  rule: ThresholdRule,
  options: SegmentDatasetOptions,
  task: SegmentingTask,
  onPatch?: (patch: CutPatch<Cut>) => Promise<void>,
): Promise<MeasuredModel> {
  const { source = { dataset, apart: false }, minimumArea, batchSize, signal, onProgress } = options;
  const mapping = (name: SegmentingTask) => ({
    batchSize,
    signal,
    onProgress: (done: number, total: number) => onProgress?.(name, done, total),
  });
  const thresholds = await evaluationThresholds(rule, source, attribute, mapping('threshold'));
  const { plain, maskSelected } = thresholds;
  if (needsMasks(rule) && maskSelected === undefined) {
    throw new EvaluationError(
      'threshold',
      `${source.dataset.name} has no masks with tumour to choose by; give a source that has, or another rule`,
    );
  }
  const cuts = { plain, ...(maskSelected !== undefined && { maskSelected }) } as Record<Cut, number>;
  const measured = await measureMaps(dataset, attribute, {
    ...mapping(task),
    thresholds: cuts,
    minimumArea,
    onPatch,
  });
  return { thresholds, ...measured };
}

function plain({ scores, overlaps }: MeasuredModel): Subject['of'] {
  return { scores, overlap: overlaps.plain };
}

/** The maps with their plain masks and, where there are such, the masks that masks selected alone. */
function subjectsOf(
  name: 'model' | 'compare',
  selected: 'maskSelected' | 'compareMaskSelected',
  model: MeasuredModel,
): Record<string, Subject> {
  const { maskSelected } = model.overlaps as Partial<MeasuredModel['overlaps']>;
  return {
    [name]: { of: plain(model) },
    ...(maskSelected && { [selected]: { of: { overlap: maskSelected } } }),
  };
}
