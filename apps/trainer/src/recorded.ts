import { resolve } from 'node:path';
import { type AnyModelConfig, upgradeModelConfig } from '@pcam/models';
import type { RunConfig } from '@pcam/training/node';
import { type TrainOptions, trainOptions } from './options.js';
import { hasTeacher } from './teacher.js';

/**
 * Of the configuration that a run records, what may be another on `--resume`: places, and how long it trains.
 *
 * @param drawn whether pseudo-masks are: another run named then would be recorded, but not be where they come from.
 */
export function mayChange(drawn: boolean): string[] {
  const places = ['options.data', 'options.initFrom', ...(drawn ? [] : ['options.pseudoMasks'])];
  return [...places, 'options.epochs'];
}

/** Names that options had in earlier versions. */
const RENAMED: Readonly<Record<string, string>> = { ema: 'emaDecay', selectBy: 'monitor' };

/** What runs were that had no such option yet, whatever its default is by now. */
const BEFORE: Partial<TrainOptions> = { compose: 0 };

/** What decides the weights; a run can only be resumed with the same. */
export function recordedConfig(options: TrainOptions, engine: string, model: unknown): RunConfig {
  const data = options.data === 'synthetic' ? options.data : resolve(options.data);
  const from = options.pseudoMasks;
  const pseudoMasks = hasTeacher(options) ? from : from && resolve(from);
  const initFrom = options.initFrom && resolve(options.initFrom);
  const recorded = { ...deciding(options), data, pseudoMasks, initFrom, engine };
  return { options: JSON.parse(JSON.stringify(recorded)), model };
}

/**
 * What an older version recorded, by today's names; what it knew nothing of was as it is by default, and its model as
 * models then were.
 */
export function upgradeConfig(config: RunConfig): RunConfig {
  const recorded = config.options as Readonly<Record<string, unknown>> | undefined;
  if (recorded === undefined) return config;
  const renamed = Object.fromEntries(
    Object.entries(recorded).map(([key, value]) => [RENAMED[key] ?? key, value]),
  );
  const defaults = deciding(trainOptions.parse({ data: '', out: '' }));
  const options: Record<string, unknown> = { ...defaults, ...BEFORE, ...renamed };
  const { model } = config as { readonly model?: AnyModelConfig };
  if (model?.name === undefined) return { ...config, options };
  const upgraded = upgradeModelConfig(model);
  const added = Object.entries(upgraded).filter(([key]) => !(key in model));
  if (added.length > 0) {
    options.modelOptions = { ...(options.modelOptions as object), ...Object.fromEntries(added) };
  }
  return { ...config, options, model: upgraded };
}

function deciding(options: TrainOptions): Partial<TrainOptions> {
  const { out, resume, json, preset, workers, checkpointSeconds, dryRun, overfitBatch, ...rest } = options;
  return rest;
}
