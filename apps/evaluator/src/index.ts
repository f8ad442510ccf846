export { type Evaluation, evaluate } from './evaluate.js';
export type { EvaluationMetrics } from './metrics.js';
export { type EvaluateOptions, evaluateOptions } from './options.js';
