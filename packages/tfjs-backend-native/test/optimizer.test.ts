import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadAddon } from '../src/addon.js';
import { given, odd, type Result, runNatively, upTo } from './against-cpu.js';

type Values = ArrayLike<number>;

const factor = fc.double({ min: 0.001, max: 1, noNaN: true });
const shape: fc.Arbitrary<number[]> = fc.oneof(
  { weight: 7, arbitrary: fc.tuple(upTo(40, 0)) },
  { weight: 7, arbitrary: fc.tuple(upTo(5), upTo(37)) },
  { weight: 1, arbitrary: fc.constant<number[]>([3, 11003]) },
);
const inputs = (count: number): fc.Arbitrary<ReturnType<typeof given>[]> =>
  shape.chain((size) => fc.tuple(...Array.from({ length: count }, () => odd(size))));

/** On every instruction set, what the formula says of each value alone. */
async function expectEach(
  kernel: string,
  names: readonly string[],
  tensors: readonly ReturnType<typeof given>[],
  attrs: object,
  formula: (...values: number[]) => number[],
): Promise<void> {
  const addon = loadAddon();
  const usual = addon.instructionSet();
  const given = Object.fromEntries(names.map((name, i) => [name, tensors[i]!]));
  for (const set of new Set([usual, 'portable'])) {
    addon.useInstructionSet(set);
    const results = await runNatively(kernel, given, attrs);
    for (const { shape } of results) expect(shape).toEqual(tensors[0]!.shape);
    for (let i = 0; i < tensors[0]!.values.length; i++) {
      const wanted = formula(...tensors.map(({ values }) => values[i]!));
      results.forEach(({ values }, number) => {
        expectNear(values[i]!, wanted[number]!);
      });
    }
  }
  addon.useInstructionSet(usual);
}

function expectNear(got: number, wanted: number): void {
  if (Object.is(got, wanted) || Math.abs(got - wanted) <= 1e-5 * (1 + Math.abs(wanted))) return;
  expect(got).toBe(wanted);
}

test('AdamW is its rule', async () => {
  const attrs = fc.record({
    keep1: factor,
    keep2: factor,
    rate: factor,
    floor: factor,
    shrink: factor,
    gradientScale: factor,
  });
  await fc.assert(
    fc.asyncProperty(inputs(4), attrs, async (tensors, a) => {
      const positive: Values = Float32Array.from(tensors[3]!.values, Math.abs);
      const given = [...tensors.slice(0, 3), { ...tensors[3]!, values: positive }];
      const names = ['parameter', 'gradient', 'moment1', 'moment2'];
      await expectEach('AdamW', names, given, a, (p, g, m, v) => {
        const scaled = g! * a.gradientScale;
        const next1 = m! * a.keep1 + scaled;
        const next2 = v! * a.keep2 + scaled * scaled;
        return [p! * a.shrink - (next1 / (Math.sqrt(next2) + a.floor)) * a.rate, next1, next2];
      });
    }),
    { numRuns: 30, seed: 11 },
  );
});

test('SgdMomentum is its rule', async () => {
  const attrs = fc.record({
    rate: factor,
    momentum: factor,
    penalty: factor,
    gradientScale: factor,
    nesterov: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(inputs(3), attrs, (tensors, a) =>
      expectEach('SgdMomentum', ['parameter', 'gradient', 'velocity'], tensors, a, (p, g, u) => {
        const pull = g! * a.gradientScale + p! * a.penalty;
        const next = u! * a.momentum + pull;
        return [p! - (a.nesterov ? pull + next * a.momentum : next) * a.rate, next];
      }),
    ),
    { numRuns: 30, seed: 11 },
  );
});

test('EmaUpdate moves by its share', async () => {
  await fc.assert(
    fc.asyncProperty(inputs(2), factor, (tensors, share) =>
      expectEach('EmaUpdate', ['average', 'value'], tensors, { share }, (old, value) => [
        old! + (value! - old!) * share,
      ]),
    ),
    { numRuns: 30, seed: 11 },
  );
});

test('SquaredNorm keeps its digits over millions of values', async () => {
  const x = given([1300, 2001], 5);
  const exact = Array.from(x.values).reduce((sum, v) => sum + v * v, 0);
  const [norm] = await runNatively('SquaredNorm', { x });
  expect(norm).toMatchObject({ shape: [], dtype: 'float32' });
  expect(norm!.values[0]! / exact - 1).toBeCloseTo(0, 6);
});

test('SquaredNorm of few, of none, of NaN and of infinity', async () => {
  const of = async (values: number[]): Promise<Result> =>
    (await runNatively('SquaredNorm', { x: { shape: [values.length], values } }))[0]!;
  expect((await of([3, -4])).values).toEqual([25]);
  expect((await of([])).values).toEqual([0]);
  expect((await of([1, Number.NaN])).values).toEqual([Number.NaN]);
  expect((await of([1, Number.NEGATIVE_INFINITY])).values).toEqual([Number.POSITIVE_INFINITY]);
});
