import { basename } from 'node:path';
import { UsageError } from '@pcam/cli';
import type { Dataset } from '@pcam/pcam-data';
import { readColumns } from '@pcam/pcam-data/node';
import type { EvaluateOptions } from './options.js';

/** What `--groups` takes: the last colon parts file and column. */
export const GROUPS: RegExp = /^.+:[^:]+$/;

/** What intervals draw. */
export interface Grouping {
  /** Of each patch in the order of the data set, `[n]`; undefined where patches are drawn one by one. */
  readonly groups: readonly string[] | undefined;
  /** For people: slides, patches, or the column of the file. */
  readonly over: string;
}

/**
 * Which patches are no independent witnesses of one another: those of one group of `--groups`, else of one slide.
 *
 * @param opened the whole split, of which the file tells. @param evaluated as many patches or fewer, the first.
 * @throws UsageError where the file is of other patches; DataError where it cannot be read or lacks the column.
 */
export async function groupingOf(
  { groups: given, resamples }: Pick<EvaluateOptions, 'groups' | 'resamples'>,
  opened: Dataset,
  evaluated: Dataset,
): Promise<Grouping> {
  if (given === undefined) {
    const { slides } = evaluated;
    return { groups: slides, over: slides ? 'slides' : 'patches' };
  }
  if (resamples === 0)
    throw new UsageError('--groups says nothing with --resamples 0, which asks for no intervals');
  const colon = given.lastIndexOf(':');
  const [file, column] = [given.slice(0, colon), given.slice(colon + 1)];
  const rows = await readColumns(file, [column.toLowerCase()]);
  if (rows.length !== opened.length) {
    throw new UsageError(
      `--groups: ${file} has ${rows.length} rows below its header, ${opened.name} ${opened.length} patches; give one a patch, in their order`,
    );
  }
  const groups = rows.map(({ line, cells: [group = ''] }) => {
    if (group !== '') return group;
    throw new UsageError(`--groups: line ${line} of ${file} names no ${column}; give each patch its group`);
  });
  return { groups: groups.slice(0, evaluated.length), over: `groups by ${column} of ${basename(file)}` };
}
