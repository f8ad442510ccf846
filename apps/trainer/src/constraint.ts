import { UsageError } from '@pcam/cli';
import type { LossTerm } from '@pcam/training';
import { type AttributionName, attributionConstraint } from '@pcam/xai';
import { ATTRIBUTIONS, type TrainOptions } from './options.js';

/** The loss terms that the flags ask for: none, or the attribution constraint. */
export function constraintTerms(options: TrainOptions): LossTerm[] {
  const names = attributionNames(options.constraint);
  if (names.length === 0) return [];
  const { constraintLayer: layer, constraintSteps: steps, constraintSamples: samples, seed } = options;
  const { lambda, lambdaRatio: ratio, lambdaWarmup: warmup } = options;
  return [
    attributionConstraint({
      attribution: names.map((name) => ({
        name,
        ...(name === 'gradCam' && layer && { layer }),
        ...(name === 'integratedGradients' && { steps }),
        ...(name === 'expectedGradients' && { samples, seed }),
      })),
      penalty: options.constraintPenalty,
      scale: options.constraintScale === 'rms' ? 'rms' : Number(options.constraintScale),
      channels: options.constraintChannels,
      region: options.constraintRegion,
      positives: options.constraintPositives,
      weight: ratio > 0 ? { ratio, warmup } : { lambda, warmup },
    }),
  ];
}

/**
 * A bias of the head is no part of a Grad-CAM map: the network could call everything healthy there and make up for
 * it by the bias. Families that can do without one are built so.
 */
export function modelChanges({ constraint, model }: TrainOptions): Record<string, unknown> {
  const canDoWithout = model === 'cnn' || model === 'fcn';
  return canDoWithout && attributionNames(constraint).includes('gradCam') ? { headBias: false } : {};
}

/** `'none'`, a name, or several with commas between. */
function attributionNames(text: string): AttributionName[] {
  if (text === 'none') return [];
  return text.split(',').map((part) => {
    const name = part.trim();
    const known = ATTRIBUTIONS.find((attribution) => attribution === name);
    if (known) return known;
    throw new UsageError(`--constraint ${name}: no such attribution; there are ${ATTRIBUTIONS.join(', ')}`);
  });
}
