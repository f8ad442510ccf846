import type { ViteUserConfig } from 'vitest/config';
import { project } from '../../vitest.base.js';

const config: ViteUserConfig = project('data');
export default config;
