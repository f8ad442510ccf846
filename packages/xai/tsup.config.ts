import type { Options } from 'tsup';
import { library } from '../../tsup.base.js';

/** Files of their own for what a bundler is to leave out of a page that does not use it. */
const config: Options = library([], {
  entry: {
    index: 'src/index.ts',
    display: 'src/display/index.ts',
    'higher-order': 'src/higher-order/enable.ts',
    // What both share would else lie with the gradients, which register much when they load.
    require: 'src/require.ts',
  },
  dts: { entry: { index: 'src/index.ts', display: 'src/display/index.ts' } },
});
export default config;
