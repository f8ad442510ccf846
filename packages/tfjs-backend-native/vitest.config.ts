import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ViteUserConfig } from 'vitest/config';
import { project } from '../../vitest.base.js';

// Linux is what these kernels are tested on; elsewhere the tests run where the addon could be built.
const addon = fileURLToPath(new URL('build/Release/pcam_native.node', import.meta.url));
const absent = process.platform !== 'linux' && !existsSync(addon);

const config: ViteUserConfig = project('tfjs-backend-native', {
  setupFiles: ['test/setup.ts'],
  globalSetup: ['test/build.ts'],
  ...(absent && { include: [], passWithNoTests: true }),
});
export default config;
