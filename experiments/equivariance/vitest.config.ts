import type { ViteUserConfig } from 'vitest/config';
import { project } from '../../vitest.base.js';

const config: ViteUserConfig = project('experiment-equivariance');
export default config;
