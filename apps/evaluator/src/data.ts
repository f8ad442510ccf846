import { createTaskProgress, UsageError } from '@pcam/cli';
import { needsLabels, needsMasks, type ThresholdSource } from '@pcam/evaluation';
import { createSyntheticDataset, type Dataset, readIntoMemory, takeEvenly } from '@pcam/pcam-data';
import { DataError, openDataset, type Split } from '@pcam/pcam-data/node';
import { needsReferences } from '@pcam/xai';
import { checkAttributionFlags } from './map-options.js';
import { ruleOf } from './mask-threshold.js';
import { type EvaluateOptions, evaluateOptions } from './options.js';

/** @param data a folder, or `synthetic`. */
export async function openSplit(data: string, split: string): Promise<Dataset> {
  if (data === 'synthetic') {
    return readIntoMemory(createSyntheticDataset({ seed: 0, split: split as Split, n: 512 }));
  }
  return openDataset(data, split, { onProgress: createTaskProgress().report });
}

/** Whose pixels the mask threshold is chosen on, until it is closed. */
export interface OpenSource extends ThresholdSource {
  close(): Promise<void>;
}

/**
 * The patches that maps are measured against: for a mask threshold, and as references of attributions that compare with images.
 * @throws UsageError before any work where the data cannot be segmented as asked.
 */
export async function openSource(
  options: EvaluateOptions,
  dataset: Dataset,
): Promise<OpenSource | undefined> {
  const { segment, attribution, maskThreshold, segmentValid, minimumArea, compareRun } = options;
  if (!segment) {
    if (segmentValid !== undefined) throw new UsageError('--segment-valid says nothing without --segment');
    if (compareRun !== undefined) throw new UsageError('--compare-run says nothing without --segment');
    if (maskThreshold !== evaluateOptions.shape.maskThreshold.parse(undefined))
      throw new UsageError('--mask-threshold says nothing without --segment');
    if (minimumArea > 0) throw new UsageError('--minimum-area says nothing without --segment');
  } else if (!dataset.hasMasks && compareRun !== undefined) {
    throw new UsageError(
      `--compare-run: ${dataset.name} has no masks to compare on; give data with masks (…_mask.h5), or leave it out`,
    );
  }
  checkAttributionFlags(attribution, options);
  if (!segment && !needsReferences(attribution)) return undefined;
  const source = await thresholdSource(options, dataset);
  if (!segment) return source;
  const rule = ruleOf(maskThreshold);
  const { apart, dataset: chosenOn } = source;
  // What is evaluated must not choose by its own masks or labels.
  const needs = needsMasks(rule) ? 'masks' : needsLabels(rule) ? 'labels' : undefined;
  let missing: string | undefined;
  if (needs && !apart) {
    missing = ` needs the ${needs} of a validation split apart from the patches evaluated; give --segment-valid`;
  } else if (needs === 'masks' && !chosenOn.hasMasks) {
    missing = `: ${chosenOn.name} has no masks to choose it on`;
  }
  if (missing) {
    await source.close();
    throw new UsageError(`--mask-threshold ${maskThreshold}${missing}`);
  }
  return source;
}

/** As many patches as settle a threshold: some 19 million pixels. */
const MOST = 2048;

/**
 * The validation split that was named, or that of the data; where there is none, or it is the one
 * evaluated, the evaluated patches themselves.
 */
async function thresholdSource(options: EvaluateOptions, evaluated: Dataset): Promise<OpenSource> {
  const { segmentValid, data, split, limit } = options;
  const most = limit > 0 ? Math.min(limit, MOST) : MOST;
  const own = { dataset: takeEvenly(evaluated, most), apart: false, close: async () => {} };
  if (segmentValid === undefined && split === 'valid') return own;
  let found: Dataset;
  try {
    found = await openSplit(segmentValid ?? data, 'valid');
  } catch (error) {
    const missing = error instanceof DataError && ['missing-file', 'missing-split'].includes(error.code);
    if (segmentValid === undefined && missing) return own;
    throw error;
  }
  return { dataset: takeEvenly(found, most), apart: true, close: () => found.close() };
}
