/**
 * The rate falls when validation has stopped getting better. It looks at what `monitor` looks at, once an epoch.
 * PyTorch's ReduceLROnPlateau, setting by setting.
 */
export interface PlateauConfig {
  readonly name: 'plateau';
  /** What the rate is multiplied with; 0.1 by default. */
  readonly factor?: number;
  /** Epochs without a better score that are let pass; 10 by default. */
  readonly patience?: number;
  /** How much better a score must be to count; 1e-4 by default. */
  readonly threshold?: number;
  /** A share of the best score (`'rel'`, the default), or a difference to it (`'abs'`). */
  readonly thresholdMode?: 'rel' | 'abs';
  /** Epochs after a fall in which none is counted; 0 by default. */
  readonly cooldown?: number;
  /** Share of the peak below which the rate does not fall; 0 by default. */
  readonly floor?: number;
  /** Share of all steps over which the rate first climbs; 0 by default. */
  readonly warmup?: number;
}

/** Plain values, kept in the checkpoint. */
export interface PlateauState {
  readonly best: number | null;
  readonly badEpochs: number;
  readonly cooldown: number;
  /** What the peak has come down to. */
  readonly reduced: number;
}

export const initialPlateau: PlateauState = { best: null, badEpochs: 0, cooldown: 0, reduced: 1 };

const whole = (value: number): string | undefined =>
  Number.isInteger(value) && value >= 0 ? undefined : 'a whole number of at least 0';

/** A schedule's setting: its default, none where it must be given, and what a wrong value should have been. */
export interface Setting {
  readonly standard?: number | string;
  readonly problem: (value: never) => string | undefined;
}

export const plateauSettings: Readonly<Record<string, Setting>> = {
  factor: {
    standard: 0.1,
    problem: (value: number) => (value > 0 && value < 1 ? undefined : 'between 0 and 1'),
  },
  patience: { standard: 10, problem: whole },
  threshold: {
    standard: 1e-4,
    problem: (value: number) => (Number.isFinite(value) && value >= 0 ? undefined : 'at least 0'),
  },
  thresholdMode: {
    standard: 'rel',
    problem: (value: string) => (value === 'rel' || value === 'abs' ? undefined : "'rel' or 'abs'"),
  },
  cooldown: { standard: 0, problem: whole },
  floor: {
    standard: 0,
    problem: (value: number) => (value >= 0 && value <= 1 ? undefined : 'in [0, 1]'),
  },
};

/**
 * The state after an epoch. Pure.
 *
 * @param score of the epoch; `null`, where it cannot be told, is not better.
 */
export function plateauAfter(
  config: Required<PlateauConfig>,
  state: PlateauState,
  score: number | null,
  mode: 'max' | 'min',
): PlateauState {
  const better = score !== null && beats(config, score, state.best, mode);
  const best = better ? score : state.best;
  const cooling = state.cooldown > 0;
  const badEpochs = better || cooling ? 0 : state.badEpochs + 1;
  const cooldown = cooling ? state.cooldown - 1 : 0;
  if (badEpochs <= config.patience) return { ...state, best, badEpochs, cooldown };
  const reduced = Math.max(state.reduced * config.factor, config.floor);
  return { best, badEpochs: 0, cooldown: config.cooldown, reduced };
}

function beats(
  { threshold, thresholdMode }: Required<PlateauConfig>,
  score: number,
  best: number | null,
  mode: 'max' | 'min',
): boolean {
  if (best === null) return true;
  const sign = mode === 'max' ? 1 : -1;
  const margin = thresholdMode === 'rel' ? best * threshold : threshold;
  return sign * score > sign * (best + sign * margin);
}
