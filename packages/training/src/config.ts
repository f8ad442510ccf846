import { checkKeys, describeValue, type KnownKeys } from '@pcam/options';
import type { OwnLoss } from './gradients.js';
import { type Monitor, resolveMonitor } from './monitor.js';
import { type OptimizerOption, type ResolvedOptimizerConfig, resolveOptimizer } from './optimizers/create.js';
import { type TestTimeAugmentation, turnsImages } from './predict.js';
import { type ResolvedSchedule, resolveSchedule, type ScheduleOption } from './schedule.js';

/**
 * How to train: plain values, ready for JSON, but for functions of one's own. The defaults hold for any network;
 * those behind the results of this project are `recipe(epochs)`.
 */
export interface FitConfig {
  /** Passes over the training data. */
  readonly epochs: number;
  /** AdamW with a learning rate of 0.001 and a weight decay of 0.01 by default (recipe: 0.003 and 0.3). */
  readonly optimizer?: OptimizerOption;
  /** Linear warm-up over 5 % of the steps, then cosine to 0, by default (recipe: over 2 epochs). */
  readonly schedule?: ScheduleOption;
  /** Largest global norm of the gradients; 1 by default (recipe: 5), `null` for no limit. */
  readonly clipNorm?: number | null;
  /**
   * Decay of the exponential moving average of the weights, e.g. 0.999. The average is then
   * what is validated and saved as the model. `null`, the default: none (recipe: 0.99).
   */
  readonly emaDecay?: number | null;
  /** In place of the cross-entropy; `lossTerms` are added to it likewise. */
  readonly loss?: OwnLoss;
  /** Of the cross-entropy; 0 by default. */
  readonly labelSmoothing?: number;
  /** Of the cross-entropy: `'balanced'`, or the weight of a positive beside 1 for a negative; 1 by default. */
  readonly classWeight?: 'balanced' | number;
  /** Batches whose gradients are averaged into one step; 1 by default. */
  readonly accumulate?: number;
  /** 'auroc' by default. */
  readonly monitor?: Monitor;
  /** Stop after this many epochs without a better score; `null`, the default: never. */
  readonly patience?: number | null;
  /** How much better a score must be to count; 0 by default. */
  readonly minDelta?: number;
  /** Also choose temperature and threshold for the 8-fold mean of logits: true, or 'dihedral'; off by default (recipe: on). */
  readonly tta?: boolean | TestTimeAugmentation;
  /** For dropout and stochastic depth; 0 by default. The loader has its own. */
  readonly seed?: number;
}

export type ResolvedFitConfig = Required<Omit<FitConfig, 'optimizer' | 'schedule' | 'loss' | 'tta'>> & {
  readonly optimizer: ResolvedOptimizerConfig;
  readonly schedule: ResolvedSchedule;
  readonly loss?: OwnLoss;
  readonly tta: boolean;
};

export const configKeys: KnownKeys<FitConfig> = {
  epochs: true,
  optimizer: true,
  schedule: true,
  clipNorm: true,
  emaDecay: true,
  loss: true,
  labelSmoothing: true,
  classWeight: true,
  accumulate: true,
  monitor: true,
  patience: true,
  minDelta: true,
  tta: true,
  seed: true,
};

const ofLoader = 'give it to createLoader';
const ofOptimizer = (key: string): string => `give optimizer: { name: 'adamw', ${key} }`;

/** What to do instead of what other libraries call so. */
export const configHints: Readonly<Record<string, string>> = {
  learningRate: ofOptimizer('learningRate'),
  lr: ofOptimizer('learningRate'),
  weightDecay: ofOptimizer('weightDecay'),
  momentum: "give optimizer: { name: 'sgd', momentum }",
  scheduler: "did you mean 'schedule'?",
  warmup: "give schedule: { name: 'cosine', warmup }, a share of the steps",
  warmupEpochs:
    "give schedule: { name: 'cosine', warmup: warmupEpochs / epochs }, or ...recipe(epochs, warmupEpochs)",
  ema: "did you mean 'emaDecay'?",
  selectBy: "did you mean 'monitor'?",
  batchSize: ofLoader,
  shuffle: ofLoader,
  augment: ofLoader,
  validation: 'give valid: a loader of the validation split',
  validationData: 'give valid: a loader of the validation split',
  val: 'give valid: a loader of the validation split',
  train: 'give data: a loader of the training split',
  callbacks: 'give onStep and onEpoch',
  constraint: 'give lossTerms: [attributionConstraint(…)]',
  lambda: 'give lossTerms: [attributionConstraint({ weight: { lambda } })]',
};

/** Defaults filled in. @throws Error in one line, naming the value that is out of range. */
export function resolveFitConfig(config: FitConfig): ResolvedFitConfig {
  checkKeys<FitConfig>('fit', config, configKeys, configHints);
  const { loss } = config;
  const resolved: ResolvedFitConfig = {
    epochs: config.epochs,
    optimizer: resolveOptimizer(config.optimizer),
    schedule: resolveSchedule(config.schedule),
    clipNorm: config.clipNorm === undefined ? 1 : config.clipNorm,
    emaDecay: config.emaDecay ?? null,
    ...(loss && { loss }),
    labelSmoothing: config.labelSmoothing ?? 0,
    classWeight: config.classWeight ?? 1,
    accumulate: config.accumulate ?? 1,
    monitor: resolveMonitor(config.monitor),
    patience: config.patience ?? null,
    minDelta: config.minDelta ?? 0,
    tta: turnsImages('fit', config.tta),
    seed: config.seed ?? 0,
  };
  const { clipNorm, emaDecay, labelSmoothing, minDelta, patience, classWeight } = resolved;
  whole('epochs', resolved.epochs, 1);
  whole('accumulate', resolved.accumulate, 1);
  whole('seed', resolved.seed, Number.MIN_SAFE_INTEGER);
  if (patience !== null) whole('patience', patience, 1, '; null never stops');
  expect(clipNorm === null || clipNorm > 0, 'clipNorm', clipNorm, 'positive, or null for no limit');
  expect(
    emaDecay === null || (emaDecay > 0 && emaDecay < 1),
    'emaDecay',
    emaDecay,
    'between 0 and 1, or null for none',
  );
  expect(labelSmoothing >= 0 && labelSmoothing < 1, 'labelSmoothing', labelSmoothing, 'in [0, 1)');
  expect(minDelta >= 0, 'minDelta', minDelta, 'at least 0');
  expect(
    classWeight === 'balanced' || (classWeight > 0 && classWeight < Number.POSITIVE_INFINITY),
    'classWeight',
    classWeight,
    "'balanced' or a positive number",
  );
  expect(
    loss === undefined || typeof loss === 'function',
    'loss',
    loss,
    'a function ({ logits, labels }) => scalar tensor, or left out for the cross-entropy',
  );
  if (loss && (labelSmoothing !== 0 || classWeight !== 1)) {
    throw new Error(
      `fit: ${labelSmoothing === 0 ? 'classWeight' : 'labelSmoothing'} is of the cross-entropy, which a loss of one's own takes the place of; leave it out`,
    );
  }
  return resolved;
}

/** As JSON keeps it: of a function, only that there is one. What a checkpoint compares before a run goes on. */
export function plainConfig(config: ResolvedFitConfig): ResolvedFitConfig {
  return JSON.parse(
    JSON.stringify(config, (_key, value: unknown) => (typeof value === 'function' ? 'a function' : value)),
  ) as ResolvedFitConfig;
}

function whole(key: string, value: number, least: number, more = ''): void {
  const lower = least === Number.MIN_SAFE_INTEGER ? '' : ` of at least ${least}`;
  expect(Number.isSafeInteger(value) && value >= least, key, value, `a whole number${lower}`, more);
}

function expect(right: boolean, key: string, value: unknown, wanted: string, more = ''): void {
  if (!right) throw new Error(`fit: ${key} must be ${wanted}, got ${describeValue(value)}${more}`);
}
