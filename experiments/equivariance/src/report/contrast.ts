import { bootstrap, type Interval, orNull, pairedDifference, resampledAuroc } from '@pcam/metrics';
import { type CurveResult, labelsOf, type TestPredictions } from '../result.js';

/** Networks of one kind, a seed each. */
type Networks = readonly CurveResult[];

/** A gain in the mean of seeds. */
export interface Contrast {
  readonly value: number;
  /** A value a seed. */
  readonly seeds: readonly number[];
  /**
   * 95 %, drawing test patches (whole slides, where they are known) and seeds, as `pairedDifference` does; null where
   * nothing can be drawn anew.
   */
  readonly ci95: Interval | null;
}

const RESAMPLES = 1000;

/**
 * Σ sign · AUROC in the mean of seeds, all networks on the same resamples of test patches and seeds (the pigeonhole
 * bootstrap: Owen 2007, arXiv 0712.1111): +1 and −1 for the gain of one kind over another, of four the difference of two
 * gains.
 *
 * @param terms the networks of each stand in the same order of seeds.
 * @throws Error where networks were tested on different patches, or there are not as many of each.
 */
export function aurocContrast(
  terms: readonly { readonly sign: 1 | -1; readonly networks: Networks }[],
): Contrast {
  const { labels, slides, seeds } = common(terms.map(({ networks }) => networks));
  const measures = Array.from({ length: seeds }, (_, seed) => {
    const parts = terms.map(({ sign, networks }) => {
      const measure = resampledAuroc(networks[seed]!.test.logits, labels);
      return (weights: Float64Array): number => sign * measure(weights);
    });
    return (weights: Float64Array): number => parts.reduce((sum, part) => sum + part(weights), 0);
  });
  const n = labels.length;
  const bySeed = measures.map((measure) => measure(new Float64Array(n).fill(1)));
  const groups = [
    ...labels.map((_, i) => `patch ${slides?.[i] ?? i}`),
    ...bySeed.map((_, seed) => `seed ${seed}`),
  ];
  const [ci95] = bootstrap(
    groups.length,
    (weights) => {
      const [ofPatches, ofSeeds] = [weights.subarray(0, n), weights.subarray(n)];
      const sum = orNull(() =>
        measures.reduce((all, measure, seed) => all + ofSeeds[seed]! * measure(ofPatches), 0),
      );
      return [sum === null ? null : sum / seeds];
    },
    { resamples: RESAMPLES, groups, strata: groups.map((_, i) => (i < n ? 'patches' : 'seeds')) },
  );
  const told = new Set(groups.slice(0, n)).size > 1;
  return { value: mean(bySeed), seeds: bySeed, ci95: told ? ci95! : null };
}

/** What A's log loss is above B's, each with its own temperature: below 0, A is better. */
export function logLossContrast(a: Networks, b: Networks): Contrast {
  const { labels, slides } = common([a, b]);
  const rows = (networks: Networks): number[][] =>
    networks.map(({ test, temperature }) =>
      test.logits.map((z, i) => crossEntropy(z / temperature, labels[i]!)),
    );
  const [ofA, ofB] = [rows(a), rows(b)];
  const { difference, ci95 } = pairedDifference([{ a: ofA, b: ofB, groups: slides }], {
    resamples: RESAMPLES,
  });
  return { value: difference, seeds: ofA.map((row, seed) => mean(row) - mean(ofB[seed]!)), ci95 };
}

function common(kinds: readonly Networks[]): {
  readonly labels: readonly number[];
  readonly slides: TestPredictions['slides'];
  readonly seeds: number;
} {
  const [first] = kinds[0]!;
  if (!first) throw new Error('contrast: there is no network');
  for (const networks of kinds) {
    if (networks.length !== kinds[0]!.length) throw new Error('contrast: not as many networks of each kind');
    for (const { test, network, seed } of networks) {
      if (test.labels === first.test.labels) continue;
      throw new Error(
        `contrast: ${network}, seed ${seed}, was tested on other patches than ${first.network}`,
      );
    }
  }
  return { labels: labelsOf(first.test), slides: first.test.slides, seeds: kinds[0]!.length };
}

/** log(1 + eᶻ) − yz. */
function crossEntropy(z: number, label: number): number {
  return Math.max(z, 0) - z * label + Math.log1p(Math.exp(-Math.abs(z)));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
