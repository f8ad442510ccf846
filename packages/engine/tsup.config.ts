import type { Options } from 'tsup';
import { library } from '../../tsup.base.js';
import { GRADIENTS_MODULE, shareTfjsCore } from './src/gradients/bundle.js';

const config: Options = library(['src/index.ts', 'src/gradients/built.ts'], {
  entry: { index: 'src/index.ts', gradients: 'src/gradients/built.ts' },
  dts: { entry: 'src/index.ts' },
  external: ['#gradients'],
  noExternal: [GRADIENTS_MODULE],
  esbuildPlugins: [shareTfjsCore()],
});
export default config;
