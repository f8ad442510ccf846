import type { Alignment } from '../src/alignment.js';
import type { NetworkResult } from '../src/experiment.js';
import type { MapScores, SetRecord, SetScores, ViewScores } from '../src/score.js';

/** Results made by hand. */

const scores = (within: number, pooled: number): MapScores => ({
  withinPatchAp: within,
  withinPatchAuroc: within,
  pixelAp: pooled,
  pixelAuroc: pooled,
});

/** @param ap of each partly tumorous patch. */
export function setScores(ap: readonly number[], painted = 0.5): SetScores {
  const mean = ap.reduce((sum, value) => sum + value, 0) / ap.length;
  const view: ViewScores = { ...scores(mean, mean + 0.1), each: { ap, auroc: ap } };
  return {
    plain: { ...view, dice: 0.6, betweenPatches: 0.5 },
    averaged: view,
    painted: scores(0.3, painted),
  };
}

export function network(
  setting: string,
  seed: number,
  auroc: number | null,
  masked: NetworkResult['masked'],
): NetworkResult {
  const scored = auroc === null ? null : { value: auroc, ci95: [auroc - 0.03, auroc + 0.04] as const };
  return {
    setting,
    seed,
    data: 'pcam-real',
    epochs: 30,
    secondsPerEpoch: 10,
    auroc: scored && { valid: scored, test: scored },
    masked,
  };
}

/** Of a network of stride 8 whose cells lie 1.5 pixels before where they are placed. */
export const alignment: Alignment = {
  stride: 8,
  placed: { origin: 3.5, correlation: 0.9 },
  best: { origin: 2.06, correlation: 0.95 },
  first: { origin: 0, correlation: 0.8 },
  spot: { y: 1.44, x: -1.56, yError: 0.2, xError: 0.2, places: 64 },
};

export function record(groups: readonly string[]): SetRecord {
  const partly = groups.map((_, i) => i);
  return { patches: groups.length + 3, partly, groups, allOnes: scores(0.3, 0.2) };
}
