export { modelFromCheckpoint } from './checkpoints.js';
export { checkPatches } from './checks/inputs.js';
export { clipScale, squaredNorm } from './clip.js';
export type { FitConfig } from './config.js';
export { type Diagnosis, type NonFinite, NonFiniteLogitsError, TrainingDivergedError } from './diagnosis.js';
export { emaDecay, emaUpdate } from './ema.js';
export { type FitOptions, type FitResult, fit } from './fit.js';
export {
  type FitSegmentationOptions,
  fitSegmentation,
  type SegmentationEpoch,
  type SegmentationFitConfig,
  type SegmentationFitResult,
  type SegmentationStep,
} from './fit-segmentation.js';
export type { LossContext, LossTerm, OwnLoss } from './gradients.js';
export { binaryCrossEntropy, type ClassWeights, classWeights, type LossConfig } from './loss.js';
export { type Monitor, type MonitorName, monitorNames, type OwnMonitor } from './monitor.js';
export { type AdamWConfig, adamW } from './optimizers/adamw.js';
export {
  createOptimizer,
  type OptimizerConfig,
  type OptimizerName,
  type OptimizerOption,
  optimizerNames,
} from './optimizers/create.js';
export type { Optimizer, OwnOptimizer, UpdateInput } from './optimizers/optimizer.js';
export { type SgdConfig, sgd } from './optimizers/sgd.js';
export { type PlateauConfig, type PlateauState, plateauAfter } from './plateau.js';
export { type Predictions, type PredictOptions, predict, type TestTimeAugmentation } from './predict.js';
export { defaultRecipe, recipe } from './recipe.js';
export { type Recipe, type RecipeName, recipes } from './recipes.js';
export {
  type EpochRecord,
  type LogRecord,
  type MemoryLog,
  memoryLog,
  type RecordLog,
  type StepRecord,
  type ValidationScores,
} from './records.js';
export type { Calibration, ValidationReport } from './report.js';
export {
  type ScheduleConfig,
  type ScheduleFunction,
  type ScheduleName,
  type ScheduleOption,
  type SchedulePlace,
  scheduleFactor,
  scheduleNames,
} from './schedule.js';
export type { Best } from './state.js';
export { type CheckpointStore, memoryStore } from './store.js';
export { yieldToEvents } from './yield.js';
