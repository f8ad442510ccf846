export { type TrainOptions, trainOptions } from './options.js';
export { type TrainSummary, train } from './train.js';
export { type DryRunSummary, dryRun, type OverfitSummary, overfitBatch } from './trial.js';
