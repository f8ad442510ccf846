import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { initialPlateau, type PlateauConfig, type PlateauState, plateauAfter } from './plateau.js';
import { resolveSchedule, type ScheduleConfig, scheduleFactor } from './schedule.js';

const { oneCycle } = JSON.parse(
  readFileSync(new URL('../test/fixtures/optimizers.json', import.meta.url), 'utf8'),
) as { oneCycle: { total: number; warmup: number; factors: number[] }[] };

const torch = JSON.parse(
  readFileSync(new URL('../test/fixtures/schedules.json', import.meta.url), 'utf8'),
) as {
  step: { every: number; gamma: number; factors: number[] }[];
  exponential: { gamma: number; factors: number[] }[];
  plateau: { mode: 'min' | 'max'; config: Partial<PlateauConfig>; scores: number[]; factors: number[] }[];
};

test('cosine: linear warm-up, half a cosine, never quite at the floor', () => {
  const config: ScheduleConfig = { name: 'cosine', warmup: 0.1, floor: 0.2 };
  const factors = Array.from({ length: 100 }, (_, step) => scheduleFactor(config, step, 100));
  for (let step = 0; step < 10; step++) expect(factors[step]).toBeCloseTo((step + 1) / 10, 12);
  for (let step = 10; step < 100; step++) {
    const t = (step - 10) / 90;
    expect(factors[step]).toBeCloseTo(0.2 + 0.8 * 0.5 * (1 + Math.cos(Math.PI * t)), 12);
  }
  expect(factors[10]).toBe(1);
  expect(factors[55]).toBeCloseTo(0.6, 12);
});

test('constant, with and without warm-up', () => {
  expect(scheduleFactor({ name: 'constant' }, 0, 10)).toBe(1);
  expect(scheduleFactor({ name: 'constant', warmup: 0.5 }, 1, 10)).toBeCloseTo(0.4, 12);
  expect(scheduleFactor({ name: 'constant', warmup: 0.5 }, 9, 10)).toBe(1);
});

test.each(oneCycle)("one-cycle is PyTorch's OneCycleLR over $total steps", ({ total, warmup, factors }) => {
  for (const [step, factor] of factors.entries()) {
    expect(scheduleFactor({ name: 'one-cycle', warmup }, step, total)).toBeCloseTo(factor, 10);
  }
});

test.each(['constant', 'cosine', 'one-cycle'] as const)(
  '%s stays within (0, 1] whatever the length',
  (name) => {
    for (const total of [1, 2, 3, 7, 50]) {
      for (const warmup of [0, 0.01, 0.3, 1]) {
        for (let step = 0; step < total; step++) {
          const factor = scheduleFactor({ name, warmup } as ScheduleConfig, step, total);
          expect(factor).toBeGreaterThan(0);
          expect(factor).toBeLessThanOrEqual(1);
        }
      }
    }
  },
);

test('bad values are refused', () => {
  const bad =
    (config: unknown): (() => unknown) =>
    () =>
      resolveSchedule(config as ScheduleConfig);
  expect(bad({ name: 'linear' })).toThrow(
    "schedule: name must be one of constant, cosine, one-cycle, step, exponential, plateau, got 'linear'",
  );
  expect(bad({ name: 'cosine', warmup: 2 })).toThrow('schedule cosine: warmup must be in [0, 1], got 2');
  expect(bad({ name: 'constant', floor: 0.1 })).toThrow("schedule constant: unknown option 'floor'");
});

/** The factor of every step of epochs of 3 steps is that of PyTorch's epoch. */
function expectEpochs(config: ScheduleConfig, factors: readonly number[]): void {
  for (let step = 0; step < 3 * factors.length; step++) {
    const factor = scheduleFactor(config, step, 3 * factors.length, { stepsPerEpoch: 3 });
    expect(factor).toBeCloseTo(factors[Math.floor(step / 3)]!, 10);
  }
}

test.each(torch.step)(
  "step is PyTorch's StepLR: every $every epochs times $gamma",
  ({ factors, ...settings }) => {
    expectEpochs({ name: 'step', ...settings }, factors);
  },
);

test.each(torch.exponential)("exponential is PyTorch's ExponentialLR of $gamma", ({ gamma, factors }) => {
  expectEpochs({ name: 'exponential', gamma }, factors);
});

test.each(torch.plateau)(
  "plateau is PyTorch's ReduceLROnPlateau: $mode, $config",
  ({ mode, config, scores, factors }) => {
    const schedule = resolveSchedule({ name: 'plateau', ...config }) as Required<PlateauConfig>;
    let state: PlateauState = initialPlateau;
    for (const [epoch, score] of scores.entries()) {
      const factor = scheduleFactor(schedule, epoch, scores.length, { reduced: state.reduced });
      expect(factor).toBeCloseTo(factors[epoch]!, 10);
      // Through JSON, as a checkpoint keeps it.
      state = JSON.parse(JSON.stringify(plateauAfter(schedule, state, score, mode))) as PlateauState;
    }
    expect(state.reduced).toBeLessThan(1);
  },
);

test('a score that cannot be told is not better', () => {
  const schedule = resolveSchedule({ name: 'plateau', patience: 0 }) as Required<PlateauConfig>;
  expect(plateauAfter(schedule, initialPlateau, null, 'max')).toMatchObject({ best: null, reduced: 0.1 });
});

test('warm-up climbs before step, exponential and plateau', () => {
  const config = { name: 'step', every: 1, gamma: 0.5, warmup: 0.5 } as const;
  const factors = Array.from({ length: 4 }, (_, step) =>
    scheduleFactor(config, step, 4, { stepsPerEpoch: 2 }),
  );
  expect(factors).toEqual([0.5, 1, 0.5, 0.5]);
  expect(scheduleFactor({ name: 'plateau', warmup: 0.5 }, 0, 4, { reduced: 0.1 })).toBeCloseTo(0.05, 12);
});

test('a function is asked for the factor of each step, and must give a number', () => {
  expect(scheduleFactor((step, total) => step / total, 3, 4)).toBe(0.75);
  for (const factor of [Number.NaN, -1, Infinity, '1', undefined, Promise.resolve(1)]) {
    expect(() => scheduleFactor(() => factor as number, 3, 4)).toThrow(
      /schedule: the function gave .* at step 3 of 4/,
    );
  }
});

test('a name alone is its defaults; wrong ones are suggested', () => {
  expect(resolveSchedule('cosine')).toEqual({ name: 'cosine', warmup: 0.05, floor: 0 });
  const bad = (option: unknown) => () => resolveSchedule(option as ScheduleConfig);
  expect(bad('cosin')).toThrow("did you mean 'cosine'?");
  expect(bad('step')).toThrow('schedule step: needs every');
  expect(bad({ name: 'exponential', gamma: 2 })).toThrow(
    'schedule exponential: gamma must be in (0, 1], got 2',
  );
  expect(bad({ name: 'plateau', thresholdMode: 'relative' })).toThrow(
    "must be 'rel' or 'abs', got 'relative'",
  );
  expect(bad(3)).toThrow('schedule: must be a name, settings such as');
});
