/**
 * How the learning rate goes over a run; plain values, ready for JSON.
 * `warmup` is the share of all steps over which the rate first climbs; `floor` the
 * share of the peak at which it ends.
 */
export type ScheduleConfig =
  | { readonly name: 'constant'; readonly warmup?: number }
  | { readonly name: 'cosine'; readonly warmup?: number; readonly floor?: number }
  | { readonly name: 'one-cycle'; readonly warmup?: number };

/** Smith & Topin 2018 start at 1/25 of the peak and end at 1/10,000 of that (PyTorch's values). */
const ONE_CYCLE_START = 1 / 25;
const ONE_CYCLE_END = ONE_CYCLE_START / 1e4;

const DEFAULT_WARMUP = { constant: 0, cosine: 0.05, 'one-cycle': 0.3 } as const;

/** @throws Error naming an unknown schedule or setting, or a value out of range. */
export function resolveSchedule(config: ScheduleConfig = { name: 'cosine' }): ScheduleConfig {
  const standard = DEFAULT_WARMUP[config.name];
  if (standard === undefined) {
    throw new Error(`schedule: unknown name '${config.name}'; use 'constant', 'cosine' or 'one-cycle'`);
  }
  const known = config.name === 'cosine' ? ['name', 'warmup', 'floor'] : ['name', 'warmup'];
  for (const [key, value] of Object.entries(config)) {
    if (!known.includes(key)) throw new Error(`schedule ${config.name}: unknown setting '${key}'`);
    if (key !== 'name' && value !== undefined && !(Number(value) >= 0 && Number(value) <= 1)) {
      throw new Error(`schedule ${config.name}: ${key} must be in [0, 1], got ${value}`);
    }
  }
  const warmup = config.warmup ?? standard;
  return config.name === 'cosine'
    ? { name: config.name, warmup, floor: config.floor ?? 0 }
    : { name: config.name, warmup };
}

/**
 * What the peak learning rate is multiplied with at one step: a pure function of the step.
 *
 * - `constant` and `cosine` climb linearly, (step + 1) / warm-up steps; `cosine` then falls
 *   as ½(1 + cos πt) from 1 to `floor` (Loshchilov & Hutter, SGDR, ICLR 2017, eq. 5, one cycle).
 * - `one-cycle` climbs and falls along cosines, as PyTorch's OneCycleLR does.
 *
 * @param step from 0 to totalSteps − 1.
 */
export function scheduleFactor(config: ScheduleConfig, step: number, totalSteps: number): number {
  const resolved = resolveSchedule(config);
  const warmup = resolved.warmup ?? 0;
  if (resolved.name === 'one-cycle') {
    const peak = warmup * totalSteps - 1;
    if (step <= peak && peak > 0) return between(ONE_CYCLE_START, 1, step / peak);
    return between(1, ONE_CYCLE_END, progress(step, Math.max(peak, 0), totalSteps - 1));
  }
  const warmupSteps = Math.round(warmup * totalSteps);
  if (step < warmupSteps) return (step + 1) / warmupSteps;
  if (resolved.name === 'constant') return 1;
  return between(1, resolved.floor ?? 0, progress(step, warmupSteps, totalSteps));
}

function progress(step: number, from: number, to: number): number {
  return to > from ? Math.min((step - from) / (to - from), 1) : 1;
}

/** Half a cosine from `start` (at 0) to `end` (at 1). */
function between(start: number, end: number, at: number): number {
  return end + ((start - end) * (1 + Math.cos(Math.PI * at))) / 2;
}
