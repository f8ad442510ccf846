import { createModel, createUnet, type Model, type SegmentationModel } from '@pcam/models';
import { type AugmentPreset, createLoader, type Dataset } from '@pcam/pcam-data';
import { fit, fitSegmentation, type LossTerm } from '@pcam/training';
import { type AttributionConstraintOptions, attributionConstraint } from '@pcam/xai';

export interface TrainSetup {
  readonly train: Dataset;
  readonly valid: Dataset;
  readonly epochs: number;
  /** Of weights, order and augmentation. */
  readonly seed: number;
  readonly augment: AugmentPreset;
}

/** Steps in which λ rises. */
const WARMUP = 48;
const BATCH = 32;

/** The recipe of every network here. */
const RECIPE = {
  optimizer: { name: 'adamw', learningRate: 3e-3, weightDecay: 0.05 },
  clipNorm: 5,
} as const;

export interface Trained<M> {
  readonly model: M;
  readonly secondsPerEpoch: number;
}

/**
 * A classifier from patch labels, constrained or not. Of its epochs, the one with the least validation
 * cross-entropy is kept: no mask takes part.
 */
export async function trainClassifier(
  setup: TrainSetup,
  modelOptions: Parameters<typeof createModel>[0],
  constraint: AttributionConstraintOptions | undefined,
  lambda: number,
): Promise<Trained<Model>> {
  const { seed, epochs } = setup;
  const model = createModel({ ...modelOptions, seed });
  const lossTerms: LossTerm[] = constraint
    ? [attributionConstraint({ ...constraint, weight: { lambda, warmup: WARMUP } })]
    : [];
  const started = performance.now();
  await fit({
    ...RECIPE,
    ...loaders(setup),
    model,
    epochs,
    seed,
    emaDecay: 0.98,
    monitor: 'loss',
    lossTerms,
  });
  return { model, secondsPerEpoch: (performance.now() - started) / 1000 / epochs };
}

/** The fully supervised ceiling: a U-Net that sees the masks of every training patch. */
export async function trainUnet(setup: TrainSetup): Promise<Trained<SegmentationModel>> {
  const { seed, epochs } = setup;
  const model = createUnet({ seed });
  const started = performance.now();
  await fitSegmentation({ ...RECIPE, ...loaders(setup), model, epochs, seed });
  return { model, secondsPerEpoch: (performance.now() - started) / 1000 / epochs };
}

function loaders({ train, valid, seed, augment }: TrainSetup) {
  return {
    data: createLoader(train, { batchSize: BATCH, shuffle: true, seed, augment, dropLast: true }),
    valid: createLoader(valid, { batchSize: BATCH }),
  };
}
