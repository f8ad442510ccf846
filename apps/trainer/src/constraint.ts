import { UsageError } from '@pcam/cli';
import { type Model, optionNames } from '@pcam/models';
import { suggest } from '@pcam/options';
import { CENTRE } from '@pcam/pcam-data';
import type { LossTerm } from '@pcam/training';
import { type AttributionName, attributionConstraint } from '@pcam/xai';
import { ATTRIBUTIONS, type TrainOptions } from './options.js';

/** The loss terms that the flags ask for: none, or the attribution constraint. */
export function constraintTerms(options: TrainOptions): LossTerm[] {
  const names = attributionNames(options.constraint);
  if (names.length === 0) {
    if (options.pseudoMasks === undefined) return [];
    throw new UsageError('--pseudo-masks says nothing without --constraint; give --constraint gradCam');
  }
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
      region: regionOf(options),
      positives: options.constraintPositives,
      weight: ratio > 0 ? { ratio, warmup } : { lambda, warmup },
    }),
  ];
}

/** Of masks that are drawn before training begins. */
function regionOf({ pseudoMasks, constraintRegion }: TrainOptions): TrainOptions['constraintRegion'] {
  return pseudoMasks === undefined ? constraintRegion : 'masks';
}

/**
 * What makes a model fit a Grad-CAM constraint, in families that can be built so. A bias of the head is no part of
 * the map: the network could call everything healthy there and make up for it by the bias. And where masks tell of
 * every pixel, the logit is of the centre alone, as the label is: a negative may hold tumour around it.
 */
export function modelChanges(options: TrainOptions): Record<string, unknown> {
  const { constraint, model } = options;
  if (!attributionNames(constraint).includes('gradCam')) return {};
  const changes = { headBias: false, ...(regionOf(options) === 'masks' && { poolField: CENTRE }) };
  const known: readonly string[] = optionNames(model);
  return Object.fromEntries(Object.entries(changes).filter(([key]) => known.includes(key)));
}

/** Where a model that was asked for, or taken from another run, has the bias that {@link modelChanges} leaves out. */
export function biasNote(options: TrainOptions, model: Model): string | undefined {
  const { headBias } = model.config as { readonly headBias?: boolean };
  if (modelChanges(options).headBias !== false || headBias === false) return undefined;
  return "constraint: the model's head has a bias, which gradCam does not see and behind which a map can hide";
}

/** `'none'`, a name, or several with commas between. */
export function attributionNames(text: string): AttributionName[] {
  if (text === 'none') return [];
  return text.split(',').map((part) => {
    const name = part.trim();
    const known = ATTRIBUTIONS.find((attribution) => attribution === name);
    if (known) return known;
    const near = suggest(name, ATTRIBUTIONS);
    const hint = near ? `; did you mean ${near}?` : '';
    throw new UsageError(
      `--constraint ${name}: no such attribution; there are ${ATTRIBUTIONS.join(', ')}${hint}`,
    );
  });
}
