import type { Options } from 'tsup';
import { library } from '../../tsup.base.js';
import { GRADIENTS_MODULE, shareTfjsCore } from './src/register/bundle.js';

/** Files of their own for what a bundler is to leave out of a page that does not use it: gradients are made as they load. */
const config: Options = library([], {
  entry: {
    index: 'src/index.ts',
    gradients: 'src/register/built.ts',
    'higher-order': 'src/higher-order/enable.ts',
    'max-pool': 'src/max-pool.ts',
    register: 'src/register/register.ts',
    registry: 'src/registry.ts',
  },
  dts: { entry: 'src/index.ts' },
  external: ['#gradients'],
  noExternal: [GRADIENTS_MODULE],
  esbuildPlugins: [shareTfjsCore()],
  // Else each file imports all that its imports import, which bundlers warn of.
  treeshake: { moduleSideEffects: false },
});
export default config;
