import type { ViteUserConfig } from 'vitest/config';
import { project } from '../../vitest.base.js';

const config: ViteUserConfig = project('tfjs-gradients');
export default config;
