import { div, maximum, mean, mul, sqrt, square, type Tensor } from '@tensorflow/tfjs-core';
import { stopGradient } from './stop-gradient.js';

/**
 * What attributions are multiplied by before the penalty. softplus(a) is nearly log 2 + a/2 where a is tiny, so the
 * scale decides what a penalty does:
 * - a number: an inverse temperature. 1 leaves attributions in the unit of logits (see `attributionOf`);
 * - `'rms'`: one over their root mean square in this batch, which the gradient takes for a constant. A penalty
 *   then is of the same strength however steep the network is.
 */
export type Scale = number | 'rms';

export function scaled(attribution: Tensor, scale: Scale): Tensor {
  if (typeof scale === 'number') return scale === 1 ? attribution : mul(attribution, scale);
  return div(attribution, maximum(stopGradient(sqrt(mean(square(attribution)))), 1e-12));
}
