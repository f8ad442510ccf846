import { optionValues, UsageError } from '@pcam/cli';
import { slideAttribution } from '@pcam/evaluation';
import { type Model, optionNames } from '@pcam/models';
import { suggest } from '@pcam/options';
import { CENTRE } from '@pcam/pcam-data';
import type { LossTerm } from '@pcam/training';
import {
  type AttributionName,
  attributionConstraint,
  attributionNames,
  attributions,
  otherAttributionNames,
} from '@pcam/xai';
import { constraintOptions, type TrainOptions } from './options.js';

/** A patch that is whole is of one label all over, which is not true of its tissue. */
export const NOT_COMPOSED =
  '--constraint-region composed is for patches that are composed of two, and none are; give --compose 0.5';

/** The loss terms that the flags ask for: none, or the attribution constraint. */
export function constraintTerms(options: TrainOptions): LossTerm[] {
  const names = constrainedNames(options.constraint);
  if (names.length === 0) {
    if (options.pseudoMasks === undefined) return [];
    throw new UsageError('--pseudo-masks says nothing without --constraint; give --constraint gradCam');
  }
  if (regionOf(options) === 'composed' && options.compose === 0) throw new UsageError(NOT_COMPOSED);
  const values = { ...optionValues(constraintOptions, options, 'constraint'), seed: options.seed };
  const { lambda, lambdaRatio: ratio, lambdaFrom: from, lambdaWarmup: warmup } = options;
  return [
    attributionConstraint({
      attribution: names.map((name) => slideAttribution(name, values)),
      penalty: options.constraintPenalty,
      focus: options.constraintFocus,
      scale: options.constraintScale === 'rms' ? 'rms' : Number(options.constraintScale),
      channels: options.constraintChannels,
      region: regionOf(options),
      positives: options.constraintPositives,
      centre: CENTRE,
      weight: ratio > 0 ? { ratio, from, warmup } : { lambda, from, warmup },
    }),
  ];
}

/** Of masks that are drawn before training begins. */
function regionOf({ pseudoMasks, constraintRegion }: TrainOptions): TrainOptions['constraintRegion'] {
  return pseudoMasks === undefined ? constraintRegion : 'masks';
}

/**
 * What makes a model fit a constraint at a layer, as Grad-CAM's is, in families that can be built so. A bias of the head is no part of
 * the map: the network could call everything healthy there and make up for it by the bias. And where masks tell of
 * every pixel, the logit is of the centre alone, as the label is: a negative may hold tumour around it.
 */
export function modelChanges(options: TrainOptions): Record<string, unknown> {
  const { constraint, model } = options;
  const atLayer = constrainedNames(constraint).some((name) => attributions[name].level === 'layer');
  if (!atLayer) return {};
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
export function constrainedNames(text: string): AttributionName[] {
  if (text === 'none') return [];
  return text.split(',').map((part) => {
    const name = part.trim();
    const known = attributionNames.find((attribution) => attribution === name);
    if (known) return known;
    const others = otherAttributionNames();
    const near = Object.hasOwn(others, name) ? others[name] : suggest(name, attributionNames);
    const hint = near ? `; did you mean ${near}?` : '';
    throw new UsageError(
      `--constraint ${name}: no such attribution; there are ${attributionNames.join(', ')}${hint}`,
    );
  });
}
