import { createHash } from 'node:crypto';
import { checkKeys } from '@pcam/options';
import { DataError } from './errors.js';
import { SPLITS, type Split } from './official-files.js';

/** How a data set without splits of its own is divided. */
export interface SplitOptions {
  /** Another seed gives another division; 0 by default. */
  readonly seed?: number;
  /** Shares of the splits, summing to 1; 0.8, 0.1 and 0.1 by default. */
  readonly fractions?: { readonly train: number; readonly valid: number; readonly test: number };
}

export const DEFAULT_FRACTIONS: Required<SplitOptions>['fractions'] = { train: 0.8, valid: 0.1, test: 0.1 };

/**
 * Which split an image belongs to: by a hash of (seed, id) alone, so that it stays where
 * it is when other images come or go, on every machine.
 */
export function splitOf(id: string, options: SplitOptions = {}): Split {
  const { train, valid, test } = checkFractions(options.fractions);
  const u =
    createHash('sha256')
      .update(`${options.seed ?? 0}:${id}`)
      .digest()
      .readUIntBE(0, 6) /
    2 ** 48;
  if (u < train) return 'train';
  return u < train + valid || test === 0 ? 'valid' : 'test';
}

/** @throws Error naming a split that is none; DataError usage, where shares are negative or do not sum to 1. */
function checkFractions(
  fractions: SplitOptions['fractions'] = DEFAULT_FRACTIONS,
): NonNullable<SplitOptions['fractions']> {
  checkKeys<NonNullable<SplitOptions['fractions']>>('fractions', fractions, {
    train: true,
    valid: true,
    test: true,
  });
  const { train, valid, test } = fractions;
  const good =
    [train, valid, test].every((f) => f >= 0 && f <= 1) && Math.abs(train + valid + test - 1) < 1e-9;
  if (good) return fractions;
  throw new DataError(
    'usage',
    `split fractions must be at least 0 and sum to 1, not ${train}, ${valid}, ${test}`,
  );
}

/** @throws DataError missing-split, where `split` is none of train, valid, test. */
export function checkSplit(split: string, where: string): Split {
  const found = SPLITS.find((s) => s === split);
  if (found) return found;
  throw new DataError('missing-split', `${where} has no split "${split}"; it has ${SPLITS.join(', ')}`);
}
