import type { ViteUserConfig } from 'vitest/config';
import { project } from '../../vitest.base.js';

const config: ViteUserConfig = project('tfjs-backend-native', {
  setupFiles: ['test/setup.ts'],
  globalSetup: ['test/build.ts'],
});
export default config;
