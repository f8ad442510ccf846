import type { Options } from 'tsup';
import { library } from '../../tsup.base.js';

const config: Options = library(['src/index.ts', 'src/node/index.ts', 'src/node/worker.ts']);
export default config;
