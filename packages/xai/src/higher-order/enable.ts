import { type GradConfig, getGradient, registerGradient, unregisterGradient } from '@tensorflow/tfjs-core';
import { requireGradients } from '../registered.js';
import { convolutions } from './convolution.js';
import { dilation } from './dilation.js';
import { localResponse } from './local-response.js';
import { moving } from './moving.js';
import { ops } from './ops.js';
import { pointwise } from './pointwise.js';
import { pooling } from './pooling.js';
import { resizing } from './resizing.js';
import { running } from './running.js';
import { tieSavedOutputs } from './tape.js';

const gradients: readonly GradConfig[] = [
  ...convolutions,
  ...dilation,
  ...moving,
  ...pointwise,
  ...pooling,
  ...resizing,
  ...running,
  localResponse,
];

/** Wrong in tfjs, and gradients of complex numbers are beyond it: better none than a wrong one. */
const withdrawn = ['ComplexAbs'];

export function enableHigherOrderGradients(): void {
  requireGradients();
  tieSavedOutputs(ops);
  for (const gradient of gradients) registerGradient(gradient);
  for (const kernel of withdrawn) if (getGradient(kernel)) unregisterGradient(kernel);
}
