import { checkKeys } from '@pcam/options';
import { checkSeed } from './batches-options.js';
import { checkBits } from './check-dataset.js';
import type { Dataset } from './dataset.js';
import { randomAt, STREAM, shuffle } from './sampling-random.js';

/** Into which parts, of what size. */
export interface SplitBySlideOptions<Part extends string = string> {
  /** The share of patches that each part should get; together 1. E.g. `{train: 0.8, valid: 0.2}`. */
  readonly fractions: Readonly<Record<Part, number>>;
  /** 0 by default. */
  readonly seed?: number;
  /** Groups of indices that must stay together (see `findDuplicates`). */
  readonly duplicates?: readonly ArrayLike<number>[];
}

/** The parts of a data set, and whether slides were kept together. */
export interface SlideSplit<Part extends string = string> {
  /** The indices of each part, ascending; for `subset`. Every patch is in exactly one. */
  readonly parts: Readonly<Record<Part, Int32Array>>;
  /** No slide is in two parts; false where the data set does not know its slides. */
  readonly bySlide: boolean;
  /** What to tell the user where `bySlide` is false. */
  readonly warning?: string;
}

/**
 * Divides a data set so that no slide is in two parts, with the shares of patches and of
 * positives as close to the wish as whole slides allow (largest slides first, each to the
 * part that lacks most). Slides that share a duplicate stay together. Without slides, single
 * patches are divided, stratified by label, and the result says so.
 *
 * @throws Error where the fractions are not positive or do not add up to 1, an index in
 *   `duplicates` does not exist, or there are fewer slides than parts.
 */
export function splitBySlide<Part extends string>(
  dataset: Pick<Dataset, 'name' | 'length' | 'labels' | 'slides'>,
  options: SplitBySlideOptions<Part>,
): SlideSplit<Part> {
  checkKeys<SplitBySlideOptions>('split', options, { fractions: true, seed: true, duplicates: true });
  checkGiven(dataset, options?.fractions);
  const { seed = 0, duplicates = [] } = options;
  const wish = Object.entries(options.fractions) as [Part, number][];
  checkSeed(seed, 'split: seed');
  for (const [part, fraction] of wish) {
    if (!(fraction > 0)) throw new Error(`split: fraction of ${part} must be above 0, got ${fraction}`);
  }
  const total = wish.reduce((sum, [, fraction]) => sum + fraction, 0);
  if (Math.abs(total - 1) > 1e-6)
    throw new Error(`split: fractions must add up to 1, they add up to ${total}`);

  const groups = connected(dataset, duplicates);
  const unit = dataset.slides ? 'slides' : 'patches';
  if (groups.length < wish.length) {
    throw new Error(
      `split: ${dataset.name} has ${groups.length} independent ${unit}, too few for ${wish.length} parts; ask for fewer parts`,
    );
  }
  const chosen = assign(groups, dataset.labels, wish, seed);
  const parts = Object.fromEntries(wish.map(([part], p) => [part, Int32Array.from(chosen[p]!).sort()]));
  return {
    parts: parts as Record<Part, Int32Array>,
    bySlide: dataset.slides !== undefined,
    ...(!dataset.slides && {
      warning: `${dataset.name} does not tell its slides: split by patch, so parts may share slides and scores will look better than they are`,
    }),
  };
}

function checkGiven(dataset: Partial<Dataset> | undefined, fractions: unknown): void {
  if (typeof dataset !== 'object' || !Number.isSafeInteger(dataset.length) || !dataset.labels)
    throw new Error('split: a data set with length and labels is needed first, then the options');
  checkBits(`split: ${dataset.name}: labels`, dataset.labels, dataset.length as number);
  if (typeof fractions !== 'object' || fractions === null)
    throw new Error('split: fractions are needed, such as { train: 0.8, valid: 0.2 }');
}

/** Greedy, largest group first: each goes where the squared lack of either class shrinks most. */
function assign(
  groups: number[][],
  labels: ArrayLike<number>,
  wish: readonly [string, number][],
  seed: number,
): number[][] {
  const ordered = shuffle(groups, randomAt(seed, STREAM.split)).sort((a, b) => b.length - a.length);
  const count = (group: readonly number[]): [number, number] => {
    const positive = group.reduce((sum, i) => sum + labels[i]!, 0);
    return [group.length - positive, positive];
  };
  const all = count(ordered.flat());
  const lack = wish.map(([, fraction]) => all.map((n) => n * fraction));
  const chosen: number[][] = wish.map(() => []);
  ordered.forEach((group, g) => {
    const size = count(group);
    // Near the end, parts that are still empty come first: none may stay empty.
    const empty = chosen.flatMap((part, p) => (part.length === 0 ? [p] : []));
    const open = empty.length >= ordered.length - g ? empty : wish.map((_, p) => p);
    // Σ(lack − size)² falls by Σ size·(2·lack − size); per class, relative to that class.
    const gain = (p: number): number =>
      size.reduce((sum, n, c) => sum + (n * (2 * lack[p]![c]! - n)) / Math.max(1, all[c]!) ** 2, 0);
    const best = open.reduce((a, b) => (gain(b) > gain(a) ? b : a));
    for (const i of group) chosen[best]!.push(i);
    size.forEach((n, c) => {
      lack[best]![c]! -= n;
    });
  });
  return chosen;
}

/** Patches that must stay together: of one slide, or duplicates (union–find). */
function connected(
  dataset: Pick<Dataset, 'name' | 'length' | 'slides'>,
  duplicates: readonly ArrayLike<number>[],
): number[][] {
  const parent = Int32Array.from({ length: dataset.length }, (_, i) => i);
  const root = (i: number): number => {
    let at = i;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]!]!;
      at = parent[at]!;
    }
    return at;
  };
  const firstOf = new Map<string, number>();
  dataset.slides?.forEach((slide, i) => {
    const first = firstOf.get(slide);
    if (first === undefined) firstOf.set(slide, i);
    else parent[i] = first;
  });
  for (const group of duplicates) {
    for (let k = 0; k < group.length; k++) {
      const i = group[k]!;
      if (!Number.isInteger(i) || i < 0 || i >= dataset.length) {
        throw new RangeError(`split: duplicates name patch ${i}; ${dataset.name} has ${dataset.length}`);
      }
      parent[root(i)] = root(group[0]!);
    }
  }
  const members = new Map<number, number[]>();
  for (let i = 0; i < dataset.length; i++) {
    const r = root(i);
    const group = members.get(r);
    if (group) group.push(i);
    else members.set(r, [i]);
  }
  return [...members.values()];
}
