export { type Evaluation, type EvaluationMetrics, evaluate } from './evaluate.js';
export { type EvaluateOptions, evaluateOptions } from './options.js';
