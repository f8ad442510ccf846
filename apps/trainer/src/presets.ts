import { statSync } from 'node:fs';
import { defaultRecipe, type Recipe, type RecipeName, recipes } from '@pcam/training';
import type { TrainOptions } from './options.js';

type Given = Readonly<Record<string, unknown>>;

/** What `--preset` knows by name: of each recipe of `@pcam/training`, what it has otherwise than the default. */
export const presets: Readonly<Record<RecipeName, Partial<TrainOptions>>> = Object.fromEntries(
  Object.entries(recipes).map(([name, recipe]) => [name, beyondDefault(recipe)]),
) as Record<RecipeName, Partial<TrainOptions>>;

/** As a command line takes them: who names a model, or a run that has one, does not mean theirs. */
export const presetsBeside: Readonly<Record<string, (given: Given) => Given>> = Object.fromEntries(
  Object.entries(presets).map(([name, keys]) => [
    name,
    (given: Given): Given => {
      const { model, modelPreset, modelOptions, ...rest } = keys;
      return namesModel(given) ? rest : keys;
    },
  ]),
);

function namesModel({ model, modelPreset, initFrom }: Given): boolean {
  if (model !== undefined || modelPreset !== undefined) return true;
  return (
    typeof initFrom === 'string' && statSync(initFrom, { throwIfNoEntry: false })?.isDirectory() === true
  );
}

/** How help tells them. */
export const presetHelp: string = Object.entries(recipes)
  .map(([name, { about }]) => `${name} (${about})`)
  .join(', ');

function beyondDefault(recipe: Recipe): Partial<TrainOptions> {
  const usual: Given = flagsOf(defaultRecipe);
  const own = Object.entries(flagsOf(recipe));
  return Object.fromEntries(
    own.filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(usual[key])),
  );
}

/** The flags that do the same. That the head has no bias follows from the constraint (see `modelChanges`). */
export function flagsOf(recipe: Recipe): Partial<TrainOptions> {
  const { loader, optimizer, constraint, epochs, warmupEpochs, labelSmoothing, monitor, tta, seed } = recipe;
  const { name: model, preset: modelPreset, ...rest } = recipe.model;
  const { headBias, ...modelOptions } = rest as Given;
  const { attribution = 'none', penalty, region, positives, focus, scale, channels, weight } = constraint;
  const { learningRate, weightDecay } = optimizer;
  return {
    model,
    ...(modelPreset && { modelPreset }),
    ...(Object.keys(modelOptions).length > 0 && { modelOptions }),
    augment: loader.augment,
    compose: loader.compose.share,
    composeFrom: loader.compose.from,
    batchSize: loader.batchSize,
    epochs,
    warmupEpochs,
    optimizer: optimizer.name,
    ...(learningRate !== undefined && { learningRate }),
    ...(weightDecay !== undefined && { weightDecay }),
    clipNorm: recipe.clipNorm ?? 0,
    emaDecay: recipe.emaDecay ?? 0,
    labelSmoothing,
    classWeight: recipe.classWeight === 'balanced' ? 'balanced' : 'none',
    monitor,
    patience: recipe.patience ?? 0,
    tta,
    seed,
    constraint: attribution,
    constraintPenalty: penalty,
    constraintRegion: region,
    constraintPositives: positives,
    constraintFocus: focus,
    constraintScale: String(scale),
    constraintChannels: channels,
    lambda: weight.lambda,
    lambdaFrom: weight.from,
    lambdaWarmup: weight.warmup,
  };
}
