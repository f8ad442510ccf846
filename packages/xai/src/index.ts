export {
  type ActivationGradient,
  type ActivationGradientOptions,
  activationAndGradient,
} from './activation-gradient.js';
export type { Explainable, Layer, MapLayer, Tap, TokenLayer } from './explainable.js';
export { type GradCamOptions, gradCam } from './grad-cam.js';
export { resizeMaps } from './resize.js';
export type { Target } from './target.js';
