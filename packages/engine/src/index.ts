export type { EngineName, Started } from './engines/candidate.js';
export { type Engine, type EngineOptions, useEngine } from './use-engine.js';
