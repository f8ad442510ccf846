import { type OptimizerConfig, type ResolvedOptimizerConfig, resolveOptimizer } from './optimizers/create.js';
import { resolveSchedule, type ScheduleConfig } from './schedule.js';

/** What the best checkpoint and early stopping look at, on the validation split. */
export type Monitor = 'auroc' | 'loss' | 'accuracy';

/** How to train; plain values, ready for JSON. */
export interface FitConfig {
  /** Passes over the training data. */
  readonly epochs: number;
  /** AdamW with a learning rate of 0.001 by default. */
  readonly optimizer?: OptimizerConfig;
  /** Linear warm-up over 5 % of the steps, then cosine to 0, by default. */
  readonly schedule?: ScheduleConfig;
  /** Largest global norm of the gradients; 1 by default, `null` for no limit. */
  readonly clipNorm?: number | null;
  /**
   * Decay of the exponential moving average of the weights, e.g. 0.999. The average is then
   * what is validated and saved as the model. `null`, the default: none.
   */
  readonly emaDecay?: number | null;
  /** 0 by default. */
  readonly labelSmoothing?: number;
  /** `'balanced'`, or the weight of a positive beside 1 for a negative; 1 by default. */
  readonly classWeight?: 'balanced' | number;
  /** Batches whose gradients are averaged into one step; 1 by default. */
  readonly accumulate?: number;
  /** 'auroc' by default. */
  readonly monitor?: Monitor;
  /** Stop after this many epochs without a better score; `null`, the default: never. */
  readonly patience?: number | null;
  /** How much better a score must be to count; 0 by default. */
  readonly minDelta?: number;
  /** Also choose temperature and threshold for the 8-fold mean of logits; off by default. */
  readonly tta?: boolean;
  /** For dropout and stochastic depth; 0 by default. The loader has its own. */
  readonly seed?: number;
}

export type ResolvedFitConfig = Required<Omit<FitConfig, 'optimizer' | 'schedule'>> & {
  readonly optimizer: ResolvedOptimizerConfig;
  readonly schedule: ScheduleConfig;
};

/** Defaults filled in. @throws Error in one line, naming the value that is out of range. */
export function resolveFitConfig(config: FitConfig): ResolvedFitConfig {
  const resolved: ResolvedFitConfig = {
    epochs: config.epochs,
    optimizer: resolveOptimizer(config.optimizer),
    schedule: resolveSchedule(config.schedule),
    clipNorm: config.clipNorm === undefined ? 1 : config.clipNorm,
    emaDecay: config.emaDecay ?? null,
    labelSmoothing: config.labelSmoothing ?? 0,
    classWeight: config.classWeight ?? 1,
    accumulate: config.accumulate ?? 1,
    monitor: config.monitor ?? 'auroc',
    patience: config.patience ?? null,
    minDelta: config.minDelta ?? 0,
    tta: config.tta ?? false,
    seed: config.seed ?? 0,
  };
  const { clipNorm, emaDecay, labelSmoothing, minDelta, monitor, patience, classWeight } = resolved;
  whole('epochs', resolved.epochs, 1);
  whole('accumulate', resolved.accumulate, 1);
  whole('seed', resolved.seed, Number.MIN_SAFE_INTEGER);
  if (patience !== null) whole('patience', patience, 1);
  expect(clipNorm === null || clipNorm > 0, 'clipNorm', clipNorm, 'positive, or null for no limit');
  expect(emaDecay === null || (emaDecay > 0 && emaDecay < 1), 'emaDecay', emaDecay, 'between 0 and 1');
  expect(labelSmoothing >= 0 && labelSmoothing < 1, 'labelSmoothing', labelSmoothing, 'in [0, 1)');
  expect(minDelta >= 0, 'minDelta', minDelta, 'at least 0');
  expect(
    classWeight === 'balanced' || (classWeight > 0 && classWeight < Number.POSITIVE_INFINITY),
    'classWeight',
    classWeight,
    "'balanced' or a positive number",
  );
  expect(['auroc', 'loss', 'accuracy'].includes(monitor), 'monitor', monitor, 'auroc, loss or accuracy');
  return resolved;
}

function whole(key: string, value: number, least: number): void {
  const lower = least === Number.MIN_SAFE_INTEGER ? '' : ` of at least ${least}`;
  expect(Number.isSafeInteger(value) && value >= least, key, value, `a whole number${lower}`);
}

function expect(right: boolean, key: string, value: unknown, wanted: string): void {
  if (!right) throw new Error(`fit: ${key} must be ${wanted}, got ${value}`);
}
