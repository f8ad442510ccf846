import type { Options } from 'tsup';
import { library } from '../../tsup.base.js';

const config: Options = library([], {
  // Apart, so that a page that only colours maps loads no tfjs.
  entry: { index: 'src/index.ts', display: 'src/display/index.ts' },
});
export default config;
