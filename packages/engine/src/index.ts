export { type EngineChoice, type EngineName, engineChoices, engineHelp, engineNames } from './candidates.js';
export type { Started } from './engines/candidate.js';
export { type Engine, type EngineOptions, useEngine } from './use-engine.js';
