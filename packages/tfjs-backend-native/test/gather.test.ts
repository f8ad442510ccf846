import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expectLikeCpu, type Given, given, odd, RUNS, run, runNatively, upTo } from './against-cpu.js';

const ints = (shape: number[], values: number[]): Given => ({ shape, values, dtype: 'int32' });
const indices = (shape: number[], below: number, from = 0): fc.Arbitrary<Given> => {
  const size = shape.reduce((a, b) => a * b, 1);
  return fc
    .array(fc.integer({ min: from, max: below - 1 }), { minLength: size, maxLength: size })
    .map((values) => ints(shape, values));
};

describe('GatherV2', () => {
  test('equal to the cpu backend along any axis, with shared leading axes', async () => {
    const scene = fc.array(upTo(6), { minLength: 1, maxLength: 4 }).chain((shape) =>
      fc.nat(shape.length - 1).chain((axis) =>
        fc.nat(axis).chain((batchDims) =>
          fc.tuple(
            odd(shape),
            fc
              .array(fc.nat(4), { maxLength: 2 })
              .chain((rest) => indices([...shape.slice(0, batchDims), ...rest], shape[axis]!)),
            fc.constant({ axis, batchDims }),
          ),
        ),
      ),
    );
    await fc.assert(
      fc.asyncProperty(scene, ([x, places, attrs]) =>
        expectLikeCpu('GatherV2', { x, indices: places }, attrs, 0),
      ),
      RUNS,
    );
  });

  test('many slices, and integers', async () => {
    const places = ints(
      [500],
      [...Array(500).keys()].map((i) => (i * 37) % 91),
    );
    await expectLikeCpu('GatherV2', { x: given([91, 130]), indices: places }, { axis: 0 }, 0);
    const x = ints([91, 2], [...Array(182).keys()]);
    await expectLikeCpu('GatherV2', { x, indices: places }, { axis: 0 }, 0);
  });

  test.each([-1, 3])('index %i of 3 is refused', async (index) => {
    const inputs = { x: given([3, 2]), indices: ints([2], [0, index]) };
    await expect(run('native', 'GatherV2', inputs, { axis: 0 })).rejects.toThrow(
      `GatherV2: the index value ${index} is not in [0, 2]`,
    );
  });
});

describe('UnsortedSegmentSum', () => {
  test('equal to the cpu backend, ids out of range dropped', async () => {
    const scene = fc
      .tuple(upTo(9), fc.array(upTo(5), { maxLength: 2 }), upTo(6))
      .chain(([rows, rest, numSegments]) =>
        fc.tuple(
          odd([rows, ...rest], []),
          indices([rows], numSegments + 2, -2),
          fc.constant({ numSegments }),
        ),
      );
    await fc.assert(
      fc.asyncProperty(scene, ([x, segmentIds, attrs]) =>
        expectLikeCpu('UnsortedSegmentSum', { x, segmentIds }, attrs),
      ),
      RUNS,
    );
  });

  test('many rows and columns', async () => {
    const segmentIds = ints(
      [400],
      [...Array(400).keys()].map((i) => (i * 7) % 11),
    );
    await expectLikeCpu('UnsortedSegmentSum', { x: given([400, 150]), segmentIds }, { numSegments: 11 });
  });

  test('a NaN stays in its segment', async () => {
    const x: Given = { shape: [3], values: [1, Number.NaN, 2] };
    const [sums] = await runNatively(
      'UnsortedSegmentSum',
      { x, segmentIds: ints([3], [0, 1, 0]) },
      { numSegments: 2 },
    );
    expect(sums!.values).toEqual([3, Number.NaN]);
  });
});
