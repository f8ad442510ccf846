import { type AdamWConfig, adamW } from './adamw.js';
import type { Optimizer } from './optimizer.js';
import { type SgdConfig, sgd } from './sgd.js';

/** Plain values, ready for JSON. */
export type OptimizerConfig = AdamWConfig | SgdConfig;

/** A configuration with every value given. */
export type ResolvedOptimizerConfig = Required<AdamWConfig> | Required<SgdConfig>;

const DEFAULTS = {
  adamw: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
  sgd: { learningRate: 0.1, momentum: 0.9, nesterov: false, weightDecay: 0 },
} as const;

/** @throws Error naming an unknown optimizer or setting, or a value out of range. */
export function resolveOptimizer(config: OptimizerConfig = { name: 'adamw' }): ResolvedOptimizerConfig {
  const defaults: Readonly<Record<string, number | boolean>> | undefined = DEFAULTS[config.name];
  if (!defaults) throw new Error(`optimizer: unknown name '${config.name}'; use 'adamw' or 'sgd'`);
  for (const [key, value] of Object.entries(config)) {
    if (key === 'name' || value === undefined) continue;
    const standard = defaults[key];
    if (standard === undefined) {
      throw new Error(
        `optimizer ${config.name}: unknown setting '${key}'; known are ${Object.keys(defaults).join(', ')}`,
      );
    }
    if (typeof value !== typeof standard) {
      throw new Error(`optimizer ${config.name}: ${key} must be a ${typeof standard}, got ${value}`);
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

/** @throws as {@link resolveOptimizer}. */
export function createOptimizer(config: OptimizerConfig): Optimizer {
  const resolved = resolveOptimizer(config);
  return resolved.name === 'adamw' ? adamW(resolved) : sgd(resolved);
}
