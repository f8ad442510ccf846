import type { Options } from 'tsup';
import { library } from '../../tsup.base.js';

/** A file of its own for what is useful without tfjs. */
const config: Options = library([], {
  entry: { index: 'src/index.ts', display: 'src/display/index.ts' },
});
export default config;
