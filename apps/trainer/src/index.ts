export { type TrainOptions, trainOptions } from './options.js';
export { presets } from './presets.js';
export type { TrainSummary } from './summary.js';
export type { TeacherSummary } from './teacher.js';
export { train } from './train.js';
export { type DryRunSummary, dryRun, type OverfitSummary, overfitBatch, type Pace } from './trial.js';
