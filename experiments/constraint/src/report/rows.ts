import { TRAININGS } from '../settings.js';
import type { CellResult } from '../synthetic.js';

/** Networks that differ in their seed alone. */
export interface Networks<T> {
  readonly training: string;
  readonly lambda: number;
  readonly cells: readonly T[];
}

/** By training in the order of TRAININGS, those from masks last, and by λ. */
export function rowsOf<T extends Pick<CellResult, 'training' | 'lambda' | 'seed'>>(
  results: readonly T[],
): Networks<T>[] {
  const groups = new Map<string, T[]>();
  for (const result of results) {
    const key = `${result.training} ${result.lambda}`;
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  const place = (training: string): number => {
    const at = (TRAININGS as readonly string[]).indexOf(training);
    return at < 0 ? TRAININGS.length : at;
  };
  return [...groups.values()]
    .map((cells) => ({
      training: cells[0]!.training,
      lambda: cells[0]!.lambda,
      cells: cells.toSorted((a, b) => a.seed - b.seed),
    }))
    .sort((a, b) => place(a.training) - place(b.training) || a.lambda - b.lambda);
}

/** The network of the same seed that was trained in the given way, unconstrained or from masks. */
export function sameSeed(
  results: readonly CellResult[],
  training: 'none' | 'masks',
): (seed: number) => CellResult | undefined {
  const bySeed = new Map(
    results.filter((result) => result.training === training).map((result) => [result.seed, result]),
  );
  return (seed) => bySeed.get(seed);
}

function titleOf(training: string): string {
  return { none: 'none', masks: 'U-Net, from masks' }[training] ?? training;
}

/** The text columns of a row: training, λ, number of seeds. */
export function namesOf({ training, lambda, cells }: Networks<unknown>): string[] {
  const constrained = training !== 'none' && training !== 'masks';
  return [titleOf(training), constrained ? String(lambda) : '–', String(cells.length)];
}

export const NAME_HEADING: readonly string[] = ['trained with', 'λ', 'seeds'];
