import {
  chooseThresholds,
  estimate,
  type MaskMeasure,
  maskMeasures,
  measureMaps,
  type ThresholdMethod,
  type ThresholdRule,
} from '@pcam/evaluation';
import { evaluateBinary, type ImagePixelScores, type Interval } from '@pcam/metrics';
import type { Model } from '@pcam/models';
import { createLoader, type Dataset } from '@pcam/pcam-data';
import { predict } from '@pcam/training';
import type { Maps } from './maps.js';

const RESAMPLES = 400;

export interface Scored {
  readonly value: number;
  /** 95 % percentile bootstrap over patches. */
  readonly ci95: Interval | null;
}

/** Of maps as they are. */
export interface MapScores {
  readonly pixelAp: Scored;
  readonly pixelAuroc: number;
}

/** Also of masks cut at one threshold for the whole split. */
export interface SegmentationScores extends MapScores {
  /** Cut where Otsu's method says, on the validation split's maps, or where there are none, on these: no mask takes part. */
  readonly otsu: MaskScores;
  /** Cut where the labels of the validation split are told best, where there is one: no mask takes part. */
  readonly labels?: MaskScores;
  /** Cut where F1 is best on the validation split's masks, where it has some. */
  readonly bestF1: MaskScores | null;
}

export const CUTS = {
  otsu: { method: 'otsu' },
  labels: { method: 'labels' },
  bestF1: { method: 'bestF1' },
} as const satisfies Partial<Record<ThresholdMethod, ThresholdRule>>;

/** How masks are cut from maps. */
export type Cut = keyof typeof CUTS;

/** Results of before a measure was there lack it. */
export type MaskScores = { readonly threshold: number } & Readonly<Partial<Record<MaskMeasure, number>>>;

export async function classificationScore(model: Model, dataset: Dataset): Promise<Scored> {
  const { logits, labels } = await predict(model, createLoader(dataset, { batchSize: 32 }));
  const { auroc, aurocCi95 } = evaluateBinary({ logits, labels, bootstrap: { resamples: RESAMPLES } });
  return { value: auroc!, ci95: aurocCi95 };
}

/** Of maps as they are, with no threshold. */
export async function mapScores(maps: Maps, dataset: Dataset): Promise<MapScores> {
  const { scores } = await measureMaps(dataset, maps, { thresholds: {} });
  return summary(scores);
}

/** @param valid where thresholds are chosen. */
export async function segmentationScores(
  maps: Maps,
  dataset: Dataset,
  valid?: Dataset,
): Promise<SegmentationScores> {
  const { otsu, labels, bestF1 } = CUTS;
  const rules = valid ? { otsu, labels, ...(valid.hasMasks && { bestF1 }) } : { otsu };
  const thresholds = await chooseThresholds<string>(valid ?? dataset, maps, rules);
  const { scores, overlaps } = await measureMaps(dataset, maps, { thresholds });
  const cuts = Object.entries(overlaps).map(([cut, overlap]) => [
    cut,
    { threshold: thresholds[cut]!, ...maskMeasures(overlap.counts()) },
  ]);
  return { ...summary(scores), bestF1: null, ...Object.fromEntries(cuts) } as SegmentationScores;
}

function summary(scores: ImagePixelScores): MapScores {
  const { maps } = estimate({ maps: { of: { scores } } }, scores.length, { resamples: RESAMPLES });
  const { value, ci95 } = maps.pixelAp!;
  return { pixelAp: { value: value!, ci95 }, pixelAuroc: maps.pixelAuroc!.value! };
}
