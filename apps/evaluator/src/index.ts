export { type Evaluation, evaluate } from './evaluate.js';
export type { EvaluationMetrics } from './metrics.js';
export { type EvaluateOptions, evaluateOptions } from './options.js';

export type { EvaluatedMasks } from './segmentation.js';
export { type PredictImagesOptions, predictImagesOptions } from './unlabelled/options.js';

export { type ImagePrediction, type ImagePredictions, predictImages } from './unlabelled/predict-images.js';
