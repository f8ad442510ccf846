import { checkChoice, checkKeys, describeValue, type KnownKeys } from '@pcam/options';
import { type AdamWConfig, adamW } from './adamw.js';
import type { Optimizer, OwnOptimizer } from './optimizer.js';
import { type SgdConfig, sgd } from './sgd.js';

/** Plain values, ready for JSON. */
export type OptimizerConfig = AdamWConfig | SgdConfig;

/** The optimizers of this package. */
export type OptimizerName = OptimizerConfig['name'];

/** What `fit` takes: a name, for its defaults; a configuration; or an optimizer of one's own. */
export type OptimizerOption = OptimizerName | OptimizerConfig | OwnOptimizer;

/** A configuration with every value given. */
export type ResolvedOptimizerConfig = Required<AdamWConfig> | Required<SgdConfig> | OwnOptimizer;

const DEFAULTS = {
  adamw: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
  sgd: { learningRate: 0.1, momentum: 0.9, nesterov: false, weightDecay: 0 },
} as const;

/** All of {@link OptimizerName}, for lists of choices. */
export const optimizerNames = Object.keys(DEFAULTS) as readonly OptimizerName[];

/** What people write for a setting, from other libraries. */
const HINTS = {
  lr: "did you mean 'learningRate'?",
  betas: 'give beta1 and beta2',
  eps: "did you mean 'epsilon'?",
};

/** @throws Error naming an unknown optimizer or setting, or a value out of range. */
export function resolveOptimizer(option: OptimizerOption = 'adamw'): ResolvedOptimizerConfig {
  if (typeof option !== 'string' && (typeof option !== 'object' || option === null)) {
    throw new Error(
      `optimizer: must be a name, settings such as { name: 'adamw', learningRate: 0.001 } or an optimizer of one's own, got ${describeValue(option)}`,
    );
  }
  if (isOwn(option)) return checkOwn(option);
  if (typeof option === 'object' && 'minimize' in option) {
    throw new Error(
      "optimizer: one of tfjs's own is not taken, for its state is in no checkpoint; give { name: 'adamw' or 'sgd', learningRate }",
    );
  }
  const config = typeof option === 'string' ? { name: option } : option;
  checkChoice('optimizer: name', config.name, optimizerNames);
  const defaults: Readonly<Record<string, number | boolean>> = DEFAULTS[config.name];
  const known = { name: true, ...defaults } as unknown as KnownKeys<OptimizerConfig>;
  checkKeys<OptimizerConfig>(`optimizer ${config.name}`, config, known, HINTS);
  for (const [key, value] of Object.entries(config)) {
    if (key === 'name' || value === undefined) continue;
    const standard = defaults[key];
    if (typeof value !== typeof standard) {
      throw new Error(
        `optimizer ${config.name}: ${key} must be a ${typeof standard}, got ${describeValue(value)}`,
      );
    }
    if (typeof value !== 'number') continue;
    const below = key.startsWith('beta') || key === 'momentum' ? 1 : Number.POSITIVE_INFINITY;
    if (!(value >= 0 && value < below)) {
      throw new Error(`optimizer ${config.name}: ${key} must be in [0, ${below}), got ${value}`);
    }
  }
  const given = Object.entries(config).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(given) } as ResolvedOptimizerConfig;
}

/** The optimizer that `fit` makes of an option. @throws Error naming an unknown optimizer or setting, or a value out of range. */
export function createOptimizer(option: OptimizerOption): Optimizer {
  const resolved = resolveOptimizer(option);
  if (isOwn(resolved)) return resolved;
  return resolved.name === 'adamw' ? adamW(resolved) : sgd(resolved);
}

function isOwn(option: OptimizerOption): option is OwnOptimizer {
  return typeof option === 'object' && ('init' in option || 'update' in option);
}

function checkOwn(optimizer: OwnOptimizer): OwnOptimizer {
  const { learningRate, init, update } = optimizer;
  const wrong = (key: string, wanted: string, got: unknown): Error =>
    new Error(`optimizer: ${key} of an optimizer of one's own must be ${wanted}, got ${describeValue(got)}`);
  if (!(Number.isFinite(learningRate) && learningRate >= 0)) {
    throw wrong('learningRate', 'a number of at least 0', learningRate);
  }
  if (typeof init !== 'function') throw wrong('init', 'a function', init);
  if (typeof update !== 'function') throw wrong('update', 'a function', update);
  return optimizer;
}
