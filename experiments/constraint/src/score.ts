import {
  baselines,
  chooseThresholds,
  estimate,
  type MapMeasure,
  maskMeasures,
  measureMaps,
} from '@pcam/evaluation';
import { evaluateBinary, type ImagePixelScores, type Interval, isPartlyTumorous } from '@pcam/metrics';
import type { Model } from '@pcam/models';
import { createLoader, type Dataset } from '@pcam/pcam-data';
import { predict } from '@pcam/training';
import type { MaskedSet } from './data.js';
import { mapsOf, type Network, VIEWS, type View } from './maps.js';
import { mapSpread } from './spread.js';

const RESAMPLES = 400;

export interface Scored {
  readonly value: number;
  /** 95 % percentile bootstrap over patches. */
  readonly ci95: Interval | null;
}

/** Of maps as they are; null where a set does not tell. */
export type MapScores = Readonly<Record<MapMeasure, number | null>>;

/** Of one network's maps of one masked set. */
export interface ViewScores extends MapScores {
  /** Within each partly tumorous patch, in the order of the set. */
  readonly each: { readonly ap: readonly number[]; readonly auroc: readonly number[] };
  /** Of masks cut where the labels of the validation split are told best: no mask takes part. */
  readonly dice?: number | null;
  /** Share of the maps' variance that lies between patches; 1 for each patch's logit, painted all over it. */
  readonly betweenPatches?: number | null;
}

/** Of one network on one masked set. */
export type SetScores = Readonly<Record<View, ViewScores>> & {
  /** Each patch's own logit, painted all over it; a U-Net has none. */
  readonly painted: MapScores | null;
};

/** What all networks share that are measured on a masked set. */
export interface SetRecord {
  readonly patches: number;
  /** Which are partly tumorous. */
  readonly partly: readonly number[];
  /** Of each of these, its group. */
  readonly groups: readonly string[];
  /** What a map reaches that is 1 everywhere. */
  readonly allOnes: MapScores;
}

export async function classificationScore(model: Model, dataset: Dataset): Promise<Scored> {
  const { logits, labels } = await predict(model, createLoader(dataset, { batchSize: 32 }));
  const { auroc, aurocCi95 } = evaluateBinary({ logits, labels, bootstrap: { resamples: RESAMPLES } });
  return { value: round(auroc!), ci95: aurocCi95 && [round(aurocCi95[0]), round(aurocCi95[1])] };
}

/** @param valid where the threshold of Dice is chosen, by labels. */
export async function setScores(
  network: Network,
  { dataset }: MaskedSet,
  valid: Dataset,
): Promise<SetScores> {
  const scores: Partial<Record<View, ViewScores>> = {};
  for (const view of VIEWS) {
    const maps = mapsOf(network, view);
    // In one view only: averaged maps of the validation split would cost more than all else.
    const thresholds =
      view === 'plain' ? await chooseThresholds(valid, maps, { labels: { method: 'labels' } }) : {};
    const spread = mapSpread();
    const measured = await measureMaps<string>(dataset, spread.counted(maps), { thresholds });
    const { labels: overlap } = measured.overlaps;
    const within = measured.scores.withinImages().filter((image) => image !== null);
    scores[view] = {
      ...summary(measured.scores),
      each: {
        ap: within.map(({ averagePrecision }) => round(averagePrecision)),
        auroc: within.map(({ auroc }) => round(auroc)),
      },
      ...(overlap && { dice: rounded(maskMeasures(overlap.counts()).dice) }),
      betweenPatches: rounded(spread.betweenPatches()),
    };
  }
  const painted = network.kind === 'unet' ? null : await paintedScores(network.model, dataset);
  return { ...(scores as Record<View, ViewScores>), painted };
}

async function paintedScores(model: Model, dataset: Dataset): Promise<MapScores> {
  const { logits } = await predict(model, createLoader(dataset, { batchSize: 32 }));
  const called = Array.from(logits, (logit) => (logit > 0 ? 1 : 0));
  const { painted } = await baselinesOf(dataset, { logits, called });
  return summary(painted!.scores!);
}

/** What does not depend on a network. */
export async function setRecord({ dataset, groups }: MaskedSet): Promise<SetRecord> {
  const partly: number[] = [];
  const { allOnes } = await baselinesOf(dataset, undefined, (truth, i) => {
    if (isPartlyTumorous(truth)) partly.push(i);
  });
  return {
    patches: dataset.length,
    partly,
    groups: partly.map((i) => groups?.[i] ?? String(i)),
    allOnes: summary(allOnes.scores!),
  };
}

async function baselinesOf(
  dataset: Dataset,
  calls?: Parameters<typeof baselines>[2],
  onPatch?: (truth: Uint8Array, i: number) => void,
): Promise<ReturnType<typeof baselines>> {
  const all = baselines(dataset.height, dataset.width, calls);
  for (const i of dataset.labels.keys()) {
    const { masks } = await dataset.read([i]);
    all.update(masks!);
    onPatch?.(masks!, i);
  }
  return all;
}

function summary(scores: ImagePixelScores): MapScores {
  const { maps } = estimate({ maps: { of: { scores } } }, scores.length, false);
  return Object.fromEntries(
    Object.entries(maps).map(([measure, { value }]) => [measure, rounded(value)]),
  ) as MapScores;
}

function rounded(value: number | null): number | null {
  return value === null ? null : round(value);
}

/** To four decimals: results are committed, and more of them say nothing. */
function round(value: number): number {
  return Math.round(1e4 * value) / 1e4;
}
