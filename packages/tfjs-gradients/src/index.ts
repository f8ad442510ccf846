export { enableHigherOrderGradients } from './higher-order/enable.js';
export { maxPool } from './max-pool.js';
export { registerGradients } from './register/register.js';
export { hasGradients, hasKernel, isFinal, runKernel } from './registry.js';
