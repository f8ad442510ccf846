import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadAddon } from '../src/addon.js';
import { given, odd, RUNS, run, runNatively, upTo } from './against-cpu.js';

const shape: fc.Arbitrary<number[]> = fc.oneof(
  { weight: 12, arbitrary: fc.tuple(upTo(4, 0), upTo(5), upTo(19)) },
  { weight: 1, arbitrary: fc.constant<number[]>([5, 7001]) },
);
const pair = shape.chain((size) => fc.tuple(odd(size), odd(size)));

async function expectEach(
  kernel: string,
  names: readonly [string, string],
  formula: (a: number, b: number) => number,
): Promise<void> {
  const addon = loadAddon();
  const usual = addon.instructionSet();
  await fc.assert(
    fc.asyncProperty(pair, async ([a, b]) => {
      for (const set of new Set([usual, 'portable'])) {
        addon.useInstructionSet(set);
        const [result] = await runNatively(kernel, { [names[0]]: a, [names[1]]: b });
        const wanted = Array.from(a.values, (v, i) => Math.fround(formula(v, b.values[i]!)));
        expect(result!.shape).toEqual(a.shape);
        result!.values.forEach((v, i) => void (v === wanted[i] || expect(v).toBe(wanted[i])));
      }
    }),
    RUNS,
  );
  addon.useInstructionSet(usual);
}

test('AddRelu is max(0, a + b), NaN staying', () =>
  expectEach('AddRelu', ['a', 'b'], (a, b) => Math.max(0, a + b)));

test('ReluGrad lets dy through where y is not zero', () =>
  expectEach('ReluGrad', ['dy', 'y'], (dy, y) => (y <= 0 ? 0 : dy)));

test('two shapes are refused', async () => {
  const inputs = { a: given([2, 3]), b: given([3, 2]) };
  await expect(run('native', 'AddRelu', inputs)).rejects.toThrow('addRelu');
});
