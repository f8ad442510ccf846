import { createModel, type Model } from '@pcam/models';
import { createLoader, type Dataset, type Loader } from '@pcam/pcam-data';
import { defaultRecipe, type FitConfig, recipe } from '@pcam/training';
import type { Splits } from './data.js';
import { type Cell, NETWORKS } from './networks.js';
import type { ExperimentOptions } from './options.js';
import { inRounds, type Plan } from './rounds.js';

/** Share of the rounds in which the learning rate climbs. */
const WARMUP = 0.05;
const BATCH = defaultRecipe.loader.batchSize;

/** Stain and light, as far as patches of the kind differ. */
const AUGMENT = { synthetic: 'light', real: defaultRecipe.loader.augment, report: 'none' } as const;

/** What `fit` needs; whoever asks for it disposes the model. */
export interface Training extends FitConfig {
  readonly model: Model;
  readonly data: Loader;
}

/**
 * The recipe of every network here, which is that of `pcam-train` but for rounds in place of epochs; no patch is
 * composed of two. Networks differ in whether training turns and mirrors patches.
 *
 * @param patches the share.
 */
export function trainingOf(
  { network, seed }: Pick<Cell, 'network' | 'seed'>,
  patches: Dataset,
  { rounds, stepsPerRound }: Plan,
  { part, learningRate }: Pick<ExperimentOptions, 'part' | 'learningRate'>,
): Training {
  const { model, dihedral } = NETWORKS[network];
  const loader = createLoader(patches, {
    ...defaultRecipe.loader,
    compose: { share: 0 },
    batchSize: Math.min(BATCH, patches.length),
    augment: { preset: AUGMENT[part], dihedral },
    seed,
  });
  return {
    ...recipe(rounds, WARMUP * rounds),
    optimizer: { ...defaultRecipe.optimizer, learningRate },
    tta: false,
    seed,
    model: createModel({ ...model, seed }),
    data: inRounds(loader, stepsPerRound),
  };
}

/** A split as it is, in order. */
export function plainLoader(patches: Dataset): Loader {
  return createLoader(patches, { batchSize: BATCH });
}

/** What follows the network in a key: only networks on the same patches, trained alike, may be compared. */
export function setupName(splits: Splits, { steps, learningRate }: ExperimentOptions): string {
  const { train, valid, test } = splits;
  return [
    `${train.height} px`,
    `${train.length}/${valid.length}/${test.length} patches`,
    `${steps} steps`,
    ...(learningRate === defaultRecipe.optimizer.learningRate ? [] : [`learning rate ${learningRate}`]),
  ].join(', ');
}
