import {
  auroc,
  bootstrap,
  type ImagePixelScores,
  type Interval,
  imageMaskOverlap,
  imagePixelScores,
} from '@pcam/metrics';
import type { Model } from '@pcam/models';
import { CENTRE, createLoader, type Dataset, disposeBatch } from '@pcam/pcam-data';
import { predict } from '@pcam/training';
import { chooseMapThreshold, labelThreshold, mapHistogram, segment } from '@pcam/xai';
import { type Tensor3D, tidy } from '@tensorflow/tfjs-core';
import type { Maps } from './maps.js';

const BATCH = 32;
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

/** How masks are cut from maps. */
export type Cut = 'otsu' | 'labels' | 'bestF1';

export interface MaskScores {
  readonly threshold: number;
  readonly dice: number;
  readonly iou: number;
  readonly f1Negative: number;
}

export async function classificationScore(model: Model, dataset: Dataset): Promise<Scored> {
  const { logits, labels } = await predict(model, createLoader(dataset, { batchSize: BATCH }));
  const weighted = (weights: Float64Array): readonly (number | null)[] => {
    const drawn = [...weights.keys()].flatMap((i) => new Array<number>(weights[i]!).fill(i));
    const both = new Set(drawn.map((i) => labels[i])).size === 2;
    return [
      both
        ? auroc(
            drawn.map((i) => logits[i]!),
            drawn.map((i) => labels[i]!),
          )
        : null,
    ];
  };
  const [ci95] = bootstrap(labels.length, weighted, { resamples: RESAMPLES });
  return { value: auroc(logits, labels), ci95: ci95! };
}

/** Of maps as they are, with no threshold. */
export async function mapScores(maps: Maps, dataset: Dataset): Promise<MapScores> {
  const scores = imagePixelScores();
  await eachBatch(maps, dataset, ({ values, masks }) => addImages(scores, values, masks!, dataset));
  return summary(scores);
}

/** @param valid where thresholds are chosen. */
export async function segmentationScores(
  maps: Maps,
  dataset: Dataset,
  valid?: Dataset,
): Promise<SegmentationScores> {
  const thresholds = valid
    ? await chosenThresholds(maps, valid, [
        'otsu',
        'labels',
        ...(valid.hasMasks ? (['bestF1'] as const) : []),
      ])
    : await chosenThresholds(maps, dataset, ['otsu']);
  const scores = imagePixelScores();
  const overlaps = thresholds.map(({ cut }) => [cut, imageMaskOverlap()] as const);
  await eachBatch(maps, dataset, async ({ tensor, values, masks }) => {
    addImages(scores, values, masks!, dataset);
    for (const [k, { threshold }] of thresholds.entries()) {
      addImages(overlaps[k]![1], await segment(tensor, { threshold }), masks!, dataset);
    }
  });
  const cuts = Object.fromEntries(
    overlaps.map(([cut, overlap], k) => [
      cut,
      { threshold: thresholds[k]!.threshold, ...overlap.statistics() },
    ]),
  ) as Partial<Record<Cut, MaskScores>>;
  return { ...summary(scores), bestF1: null, ...cuts } as SegmentationScores;
}

/** In the order of `cuts`. */
export async function chosenThresholds(
  maps: Maps,
  dataset: Dataset,
  cuts: readonly Cut[],
): Promise<{ readonly cut: Cut; readonly threshold: number }[]> {
  const histogram = mapHistogram();
  const labels = labelThreshold({ size: [dataset.height, dataset.width], centre: CENTRE });
  await eachBatch(maps, dataset, (batch) => {
    histogram.update(batch.values, cuts.includes('bestF1') ? batch.masks : undefined);
    labels.update(batch.values, batch.labels);
  });
  const choose = {
    otsu: () => chooseMapThreshold(histogram, { method: 'otsu' }),
    labels: () => labels.threshold(),
    bestF1: () => chooseMapThreshold(histogram, { method: 'bestF1' }),
  };
  return cuts.map((cut) => ({ cut, threshold: choose[cut]() }));
}

function addImages<T extends Float32Array | Uint8Array>(
  to: { update(values: T, truth: Float32Array): void },
  values: T,
  masks: Float32Array,
  { height, width }: Dataset,
): void {
  for (let at = 0; at < values.length; at += height * width) {
    const end = at + height * width;
    to.update(values.subarray(at, end) as T, masks.subarray(at, end));
  }
}

function summary(scores: ImagePixelScores): MapScores {
  const statistics = scores.resampler();
  const [ci95] = bootstrap(scores.length, (weights) => [statistics(weights).averagePrecision], {
    resamples: RESAMPLES,
  });
  const { pooled } = scores;
  return { pixelAp: { value: pooled.averagePrecision(), ci95: ci95! }, pixelAuroc: pooled.auroc() };
}

interface MappedBatch {
  readonly tensor: Tensor3D;
  readonly values: Float32Array;
  readonly labels: Float32Array;
  readonly masks?: Float32Array;
}

async function eachBatch(
  maps: Maps,
  dataset: Dataset,
  use: (batch: MappedBatch) => Promise<void> | void,
): Promise<void> {
  for await (const batch of createLoader(dataset, { batchSize: BATCH }).epoch(0)) {
    const tensor = tidy(() => maps(batch.images));
    await use({
      tensor,
      values: (await tensor.data()) as Float32Array,
      labels: (await batch.labels.data()) as Float32Array,
      ...(batch.masks && { masks: (await batch.masks.data()) as Float32Array }),
    });
    tensor.dispose();
    disposeBatch(batch);
  }
}
