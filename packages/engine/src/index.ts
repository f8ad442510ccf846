export type { EngineName, Started } from './engines/candidate.js';
export { registerGradients } from './gradients/register.js';
export { type Engine, type EngineOptions, useEngine } from './use-engine.js';
