import type { Options } from 'tsup';
import { library } from '../../tsup.base.js';

const config: Options = library(['src/index.ts', 'src/cli.ts']);
export default config;
