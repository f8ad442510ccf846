/** Milliseconds of each iteration, both sides of one round. */
export interface Round {
  readonly ours: readonly number[];
  readonly torch: readonly number[];
}

export interface Comparison {
  /** Medians over all iterations, in milliseconds. */
  readonly ours: number;
  readonly torch: number;
  /** PyTorch's time / ours: more than 1 where ours is faster. The median over rounds of each round's ratio of medians. */
  readonly ratio: number;
  /** The lowest and the highest round. */
  readonly range: readonly [number, number];
  readonly rounds: number;
}

/**
 * Rounds are compared each within itself first: both sides of a round ran within seconds of each
 * other, so what slows the machine down for longer than that cancels.
 */
export function compare(rounds: readonly Round[]): Comparison {
  const ratios = rounds.map(({ ours, torch }) => median(torch) / median(ours));
  return {
    ours: median(rounds.flatMap((round) => round.ours)),
    torch: median(rounds.flatMap((round) => round.torch)),
    ratio: median(ratios),
    range: [Math.min(...ratios), Math.max(...ratios)],
    rounds: rounds.length,
  };
}

export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error('median: there are no values');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
