import { UsageError } from '@pcam/cli';
import { suggest } from '@pcam/options';
import { SPLITS, type Split } from '@pcam/pcam-data/node';
import { z } from 'zod';

/** A path, a name or an address. */
export const text = (): z.ZodString => z.string().min(1, 'needs a value');

export const wholeNumber = (): z.ZodInt => z.int().min(0);

export const splitOption = (which: string): z.ZodOptional<z.ZodString> =>
  text()
    .optional()
    .describe(`Some of ${SPLITS.join(',')} (${which})`)
    .meta({ placeholder: '<list>' });

export const seedOption = (): z.ZodOptional<z.ZodInt> =>
  wholeNumber()
    .optional()
    .describe('Of the division into splits, for layouts without them (0)')
    .meta({ placeholder: '<n>' });

/** @throws UsageError naming what is no split, with the one that was most likely meant. */
export function splitList(list: string | undefined): Split[] | undefined {
  return list?.split(',').map((part) => {
    const name = part.trim();
    const found = SPLITS.find((split) => split === name);
    if (found) return found;
    const near = suggest(name, SPLITS);
    const hint = near === undefined ? '' : `; did you mean ${near}?`;
    throw new UsageError(`--split must be some of ${SPLITS.join(',')}, not "${name}"${hint}`);
  });
}
