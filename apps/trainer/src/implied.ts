import { existsSync, statSync } from 'node:fs';
import { UsageError } from '@pcam/cli';
import { openRun, type RunConfig } from '@pcam/training/node';
import type { TrainOptions } from './options.js';
import { upgradeConfig } from './recorded.js';

type Given = Readonly<Record<string, unknown>>;

/** Options that need not be said: those of the run to resume, or the model of the run to begin from. @throws UsageError */
export function impliedOptions(given: Given): Given | undefined {
  if (given.resume === true) {
    if (typeof given.out === 'string') return optionsOfRun(given.out);
    throw new UsageError('--resume goes on with the run in --out RUN, which is missing; see --help');
  }
  return typeof given.initFrom === 'string' ? modelOfRun(given.initFrom, given) : undefined;
}

/** What the run was started with. @throws RunFolderError where there is none. */
export function optionsOfRun(dir: string): Partial<TrainOptions> | undefined {
  return upgradeConfig(configOf(dir)).options as Partial<TrainOptions> | undefined;
}

/** As it was built, whatever flags that took; of a file of weights, nothing is known before it is read. */
function modelOfRun(from: string, given: Given): Given | undefined {
  const asked = ['model', 'modelPreset', 'modelOptions'].some((key) => given[key] !== undefined);
  if (asked || (existsSync(from) && statSync(from).isFile())) return undefined;
  const { name, seed, ...modelOptions } = (upgradeConfig(configOf(from)).model ?? {}) as Given;
  return name === undefined ? undefined : { model: name, modelOptions };
}

function configOf(dir: string): RunConfig {
  return openRun(dir).config;
}
