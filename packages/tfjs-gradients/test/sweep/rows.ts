import type { Row } from './inputs.js';
import { rowsAToF } from './rows-a-to-f.js';
import { rowsGToZ } from './rows-g-to-z.js';
import { rowsOfOps } from './rows-of-ops.js';

/** At least one for every kernel with a gradient. */
export const rows: readonly Row[] = [...rowsAToF, ...rowsGToZ, ...rowsOfOps];
