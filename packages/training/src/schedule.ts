import { checkChoice, checkKeys, describeValue, type KnownKeys } from '@pcam/options';
import { type PlateauConfig, plateauSettings, type Setting } from './plateau.js';

/**
 * How the learning rate goes over a run; plain values, ready for JSON. In each, `warmup` is the share of all steps
 * over which the rate first climbs.
 */
export type ScheduleConfig =
  | { readonly name: 'constant'; readonly warmup?: number }
  /** `floor`: the share of the peak at which it ends. */
  | { readonly name: 'cosine'; readonly warmup?: number; readonly floor?: number }
  | { readonly name: 'one-cycle'; readonly warmup?: number }
  /** Times `gamma` (0.1 by default) every `every` epochs. PyTorch's StepLR. */
  | { readonly name: 'step'; readonly every: number; readonly gamma?: number; readonly warmup?: number }
  /** Times `gamma` each epoch. PyTorch's ExponentialLR. */
  | { readonly name: 'exponential'; readonly gamma: number; readonly warmup?: number }
  | PlateauConfig;

/** The factor of the peak learning rate, at least 0. Pure: a resumed run asks again. `step` is from 0. */
export type ScheduleFunction = (step: number, totalSteps: number) => number;

/** The schedules of this package. */
export type ScheduleName = ScheduleConfig['name'];

/** What `fit` takes: a name, for its defaults; a configuration; or a function. */
export type ScheduleOption = ScheduleName | ScheduleConfig | ScheduleFunction;

export type ResolvedSchedule = ScheduleConfig | ScheduleFunction;

/** The schedule, where it is the one that looks at validation scores; resolved, it has every setting. */
export function plateauOf(schedule: ResolvedSchedule): Required<PlateauConfig> | undefined {
  if (typeof schedule === 'function' || schedule.name !== 'plateau') return undefined;
  return schedule as Required<PlateauConfig>;
}

/** Smith & Topin 2018 start at 1/25 of the peak and end at 1/10,000 of that (PyTorch's values). */
const ONE_CYCLE_START = 1 / 25;
const ONE_CYCLE_END = ONE_CYCLE_START / 1e4;

type Range = (value: number) => string | undefined;
const share: Range = (value) => (value >= 0 && value <= 1 ? undefined : 'in [0, 1]');
const gamma: Range = (value) => (value > 0 && value <= 1 ? undefined : 'in (0, 1]');
const count: Range = (value) =>
  Number.isInteger(value) && value >= 1 ? undefined : 'a whole number of epochs';

/** The only list of schedules: each setting with its default, or none where it must be given. */
const SCHEDULES: Readonly<Record<ScheduleName, Readonly<Record<string, Setting>>>> = {
  constant: { warmup: { standard: 0, problem: share } },
  cosine: { warmup: { standard: 0.05, problem: share }, floor: { standard: 0, problem: share } },
  'one-cycle': { warmup: { standard: 0.3, problem: share } },
  step: {
    every: { problem: count },
    gamma: { standard: 0.1, problem: gamma },
    warmup: { standard: 0, problem: share },
  },
  exponential: { gamma: { problem: gamma }, warmup: { standard: 0, problem: share } },
  plateau: { ...plateauSettings, warmup: { standard: 0, problem: share } },
};

/** All of {@link ScheduleName}, for lists of choices. */
export const scheduleNames = Object.keys(SCHEDULES) as readonly ScheduleName[];

/** @throws Error naming an unknown schedule or setting, or a value out of range. */
export function resolveSchedule(option: ScheduleOption = 'cosine'): ResolvedSchedule {
  if (typeof option === 'function') return option;
  if (typeof option !== 'string' && (typeof option !== 'object' || option === null)) {
    throw new Error(
      `schedule: must be a name, settings such as { name: 'cosine', warmup: 0.05 } or a function of the step, got ${describeValue(option)}`,
    );
  }
  const config: Record<string, unknown> = typeof option === 'string' ? { name: option } : { ...option };
  checkChoice('schedule: name', config.name, scheduleNames);
  const where = `schedule ${config.name}`;
  const settings = SCHEDULES[config.name];
  checkKeys(where, config, { name: true, ...settings } as unknown as KnownKeys<typeof config>);
  const resolved: Record<string, unknown> = { name: config.name };
  for (const [key, { standard, problem }] of Object.entries(settings)) {
    const value = config[key] ?? standard;
    if (value === undefined) throw new Error(`${where}: needs ${key}`);
    const wanted = problem(value as never);
    if (wanted !== undefined)
      throw new Error(`${where}: ${key} must be ${wanted}, got ${describeValue(value)}`);
    resolved[key] = value;
  }
  return resolved as unknown as ScheduleConfig;
}

/** What some schedules ask for besides the step. */
export interface SchedulePlace {
  /** For `step` and `exponential`, which count epochs; all steps by default. */
  readonly stepsPerEpoch?: number;
  /** What `plateau` has come down to; 1 by default. */
  readonly reduced?: number;
}

/**
 * What the peak learning rate is multiplied with at one step: a pure function of the step.
 *
 * - All but `one-cycle` climb linearly, (step + 1) / warm-up steps. `cosine` then falls
 *   as ½(1 + cos πt) from 1 to `floor` (Loshchilov & Hutter, SGDR, ICLR 2017, eq. 5, one cycle);
 *   `step` is gamma^⌊epoch / every⌋ and `exponential` gamma^epoch, as PyTorch has them.
 * - `one-cycle` climbs and falls along cosines, as PyTorch's OneCycleLR does.
 *
 * @param step from 0 to totalSteps − 1.
 * @throws Error where a function gives anything but a finite number of at least 0.
 */
export function scheduleFactor(
  option: ScheduleOption,
  step: number,
  totalSteps: number,
  { stepsPerEpoch = totalSteps, reduced = 1 }: SchedulePlace = {},
): number {
  const resolved = resolveSchedule(option);
  if (typeof resolved === 'function') return ownFactor(resolved, step, totalSteps);
  const warmup = resolved.warmup ?? 0;
  if (resolved.name === 'one-cycle') {
    const peak = warmup * totalSteps - 1;
    if (step <= peak && peak > 0) return between(ONE_CYCLE_START, 1, step / peak);
    return between(1, ONE_CYCLE_END, progress(step, Math.max(peak, 0), totalSteps - 1));
  }
  const warmupSteps = Math.round(warmup * totalSteps);
  const climb = step < warmupSteps ? (step + 1) / warmupSteps : 1;
  const epoch = Math.floor(step / stepsPerEpoch);
  switch (resolved.name) {
    case 'constant':
      return climb;
    case 'cosine':
      return step < warmupSteps
        ? climb
        : between(1, resolved.floor ?? 0, progress(step, warmupSteps, totalSteps));
    case 'step':
      return climb * resolved.gamma! ** Math.floor(epoch / resolved.every);
    case 'exponential':
      return climb * resolved.gamma ** epoch;
    case 'plateau':
      return climb * reduced;
  }
}

function ownFactor(schedule: ScheduleFunction, step: number, totalSteps: number): number {
  const factor = schedule(step, totalSteps);
  if (Number.isFinite(factor) && factor >= 0) return factor;
  throw new Error(
    `schedule: the function gave ${describeValue(factor)} at step ${step} of ${totalSteps}; return what the peak learning rate is multiplied with, at least 0`,
  );
}

function progress(step: number, from: number, to: number): number {
  return to > from ? Math.min((step - from) / (to - from), 1) : 1;
}

/** Half a cosine from `start` (at 0) to `end` (at 1). */
function between(start: number, end: number, at: number): number {
  return end + ((start - end) * (1 + Math.cos(Math.PI * at))) / 2;
}
