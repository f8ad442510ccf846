import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { flagName, UsageError } from '@pcam/cli';
import type { MapsOptions } from '@pcam/evaluation';
import {
  type AttributionName,
  type AttributionValues,
  attributionNames,
  attributions,
  needsReferences,
} from '@pcam/xai';
import { attributionValues } from '../map-options.js';
import type { PredictImagesOptions } from './options.js';

/** How maps are made and, where masks are wanted, cut. */
export interface MapPlan extends MapsOptions {
  readonly minimumArea: number;
  readonly threshold?: number;
  /** Where the threshold comes from, for people. */
  readonly thresholdSource?: string;
  /** SHA-256 of the weights that the threshold was chosen for. */
  readonly weights?: string;
}

const DEFAULTS = {
  attribution: 'gradCam' as AttributionName,
  mapAverage: 'none' as MapsOptions['mapAverage'],
  mapMargin: 0,
  smoothing: 0,
  minimumArea: 0,
};

/**
 * What flags say and, where `--masks` names an evaluation, what that one did: a threshold is of maps that are made
 * alike, so that flags which say otherwise are refused.
 */
export function mapPlan(options: PredictImagesOptions): MapPlan {
  const { masks, attribution, mapAverage, mapMargin, smoothing, minimumArea } = options;
  const own = attributionValues(options);
  const given = defined({ attribution, ...own, mapAverage, mapMargin, smoothing, minimumArea });
  if (masks === undefined) return { ...DEFAULTS, ...given };
  const number = masks.trim() === '' ? Number.NaN : Number(masks);
  if (Number.isFinite(number))
    return { ...DEFAULTS, ...given, threshold: number, thresholdSource: 'given by hand' };
  const { threshold, weights, ...made } = readEvaluation(masks);
  for (const [key, value] of Object.entries(given)) {
    const there = made[key as keyof typeof made];
    if (value === there) continue;
    throw new UsageError(
      `--${flagName(key)} ${value}: the threshold of ${masks} was chosen on maps made with ${there ?? (key === 'layer' ? 'the last layer' : 'its default')}; leave it out, or give --masks a number`,
    );
  }
  return { ...DEFAULTS, ...made, threshold, weights, thresholdSource: `chosen by ${masks}` };
}

function readEvaluation(dir: string): typeof DEFAULTS &
  AttributionValues & {
    readonly threshold: number;
    readonly weights: string;
  } {
  let found: Record<string, unknown>;
  try {
    found = JSON.parse(readFileSync(join(dir, 'metrics.json'), 'utf8'));
  } catch {
    throw new UsageError(
      `--masks ${dir} is neither a number nor the folder of an evaluation (it has no metrics.json that can be read)`,
    );
  }
  // The masks of that evaluation were cut there.
  const threshold =
    found.masksWritten === 'maskSelected' ? found.maskThresholdMaskSelected : found.maskThreshold;
  if (typeof threshold !== 'number')
    throw new UsageError(`--masks ${dir}: that evaluation chose no threshold; run it with --segment`);
  const name = attributionNames.find((known) => known === found.attribution);
  if (name === undefined)
    throw new UsageError(
      `--masks ${dir}: its maps are made by ${found.attribution}, which is not known here`,
    );
  if (needsReferences(name))
    throw new UsageError(
      `--masks ${dir}: ${attributions[name].title} need a validation split; use other maps`,
    );
  const { mapAverage, mapMargin, smoothing, minimumArea } = found;
  const own = attributionValues({ ...found, layer: found.layer ?? undefined });
  const made = { attribution: name, ...own, mapAverage, mapMargin, smoothing, minimumArea };
  return { ...made, threshold, weights: found.weightsSha256 } as ReturnType<typeof readEvaluation>;
}

function defined<T extends object>(values: T): { readonly [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}
