/** What one side computes from given weights and images, nothing dropped at random. */
export interface Evidence {
  /** Trainable parameters. */
  readonly parameters: number;
  /** Logits, map cells, or a loss and its global gradient norm, by name. */
  readonly values: Readonly<Record<string, readonly number[]>>;
}

/** Relative to the larger norm: float32 sums in another order differ by some 1e-6, another model by 1. */
const tolerance = 1e-3;

/**
 * The largest relative difference of each value.
 *
 * @throws Error naming the first value in which the two sides differ by more than 1e-3.
 */
export function requireSame(model: string, ours: Evidence, torch: Evidence): Record<string, number> {
  if (ours.parameters !== torch.parameters) {
    throw new Error(
      `${model}: ours has ${ours.parameters} parameters, PyTorch's ${torch.parameters}; the models differ, so no ratio is given`,
    );
  }
  const differences: Record<string, number> = {};
  for (const [name, values] of Object.entries(ours.values)) {
    const difference = relativeDifference(values, torch.values[name] ?? []);
    if (!(difference <= tolerance)) {
      throw new Error(
        `${model}: ${name} differs by ${difference.toExponential(1)} between ours and PyTorch (at most ${tolerance}); the models differ, so no ratio is given`,
      );
    }
    differences[name] = difference;
  }
  return differences;
}

/** ‖a − b‖ / max(‖a‖, ‖b‖). */
export function relativeDifference(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  const scale = Math.max(Math.hypot(...a), Math.hypot(...b));
  return scale === 0 ? 0 : Math.hypot(...a.map((value, i) => value - b[i]!)) / scale;
}
