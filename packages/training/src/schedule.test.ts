import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { resolveSchedule, type ScheduleConfig, scheduleFactor } from './schedule.js';

const { oneCycle } = JSON.parse(
  readFileSync(new URL('../test/fixtures/optimizers.json', import.meta.url), 'utf8'),
) as { oneCycle: { total: number; warmup: number; factors: number[] }[] };

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
