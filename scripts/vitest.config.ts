import type { ViteUserConfig } from 'vitest/config';
import { project } from '../vitest.base.js';

const config: ViteUserConfig = project('scripts', { include: ['*.test.ts'] });
export default config;
