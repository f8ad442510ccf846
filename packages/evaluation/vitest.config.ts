import type { ViteUserConfig } from 'vitest/config';
import { project } from '../../vitest.base.js';

const config: ViteUserConfig = project('evaluation', { passWithNoTests: true });
export default config;
