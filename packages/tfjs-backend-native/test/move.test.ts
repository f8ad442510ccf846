import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expectLikeCpu, type Given, given, numbers, odd, RUNS, run, upTo } from './against-cpu.js';

/** Up to five axes, some of them of size 1 or 0. */
const shapes = (most = 5, least = 1): fc.Arbitrary<number[]> =>
  fc.array(fc.oneof({ weight: 12, arbitrary: upTo(7) }, { weight: 1, arbitrary: fc.constant(0) }), {
    minLength: least,
    maxLength: most,
  });

/** A tensor of any dtype; moved elements keep their bits. */
const tensors = (shape: number[]): fc.Arbitrary<Given> =>
  fc.tuple(odd(shape), fc.constantFrom('float32', 'int32', 'bool')).map(([{ values }, dtype]) => ({
    shape,
    dtype: dtype as 'float32',
    values:
      dtype === 'float32' ? values : Array.from(values, (x) => (dtype === 'bool' ? Number(x > 0) : x | 0)),
  }));

const EXACT = 0;
const check = (kernel: string, inputs: Record<string, Given> | Given[], attrs: object): Promise<void> =>
  expectLikeCpu(kernel, inputs, attrs, EXACT);

/** Cases of a kernel of one tensor x: its attributes depend on the shape. */
function cases(attrs: (shape: number[]) => fc.Arbitrary<object>): fc.Arbitrary<[Given, object]> {
  return shapes().chain((shape) => fc.tuple(tensors(shape), attrs(shape)));
}

const permutation = (rank: number): fc.Arbitrary<number[]> =>
  fc.shuffledSubarray([...Array(rank).keys()], { minLength: rank, maxLength: rank });

const ranges = (shape: number[]): fc.Arbitrary<{ begin: number[]; size: number[] }> =>
  fc
    .tuple(
      ...shape.map((size) =>
        fc.nat(size).chain((begin) => fc.tuple(fc.constant(begin), fc.nat(size - begin))),
      ),
    )
    .map((pairs) => ({ begin: pairs.map(([begin]) => begin!), size: pairs.map(([, size]) => size!) }));

const paddings = (shape: number[], most: (size: number) => number): fc.Arbitrary<[number, number][]> =>
  fc.tuple(
    ...shape.map((size) => fc.tuple(fc.nat(Math.max(0, most(size))), fc.nat(Math.max(0, most(size))))),
  );

const kernels: readonly [string, fc.Arbitrary<[Given, object]>][] = [
  ['Transpose', cases((shape) => permutation(shape.length).map((perm) => ({ perm })))],
  ['Slice', cases(ranges)],
  ['Reverse', cases((shape) => fc.subarray([...shape.keys()]).map((dims) => ({ dims })))],
  ['Tile', cases((shape) => fc.tuple(...shape.map(() => upTo(3))).map((reps) => ({ reps })))],
  [
    'PadV2',
    cases((shape) => fc.record({ paddings: paddings(shape, () => 2), constantValue: fc.constantFrom(0, 1) })),
  ],
  [
    'MirrorPad',
    cases((shape) =>
      fc.constantFrom<'reflect' | 'symmetric'>('reflect', 'symmetric').chain((mode) =>
        fc.record({
          mode: fc.constant(mode),
          paddings: paddings(shape, (size) => (mode === 'reflect' ? size - 1 : size)),
        }),
      ),
    ),
  ],
  [
    'SplitV',
    cases((shape) =>
      fc
        .nat(shape.length - 1)
        .chain((axis) =>
          fc.nat(shape[axis]!).map((first) => ({ axis, numOrSizeSplits: [first, shape[axis]! - first] })),
        ),
    ),
  ],
];

describe('equal to the cpu backend on any shape and dtype', () => {
  test.each(kernels)('%s', async (kernel, scene) => {
    await fc.assert(
      fc.asyncProperty(scene, ([x, attrs]) => check(kernel, { x }, attrs)),
      RUNS,
    );
  });

  test('Unpack', async () => {
    const scene = shapes().chain((shape) => fc.tuple(tensors(shape), fc.nat(shape.length - 1), fc.boolean()));
    await fc.assert(
      fc.asyncProperty(scene, ([value, axis, back]) =>
        check('Unpack', { value }, { axis: back ? axis - value.shape.length : axis }),
      ),
      RUNS,
    );
  });

  test('Concat', async () => {
    const scene = shapes().chain((shape) =>
      fc.nat(shape.length - 1).chain((axis) =>
        fc
          .array(fc.nat(4), { minLength: 1, maxLength: 4 })
          .chain((sizes) => fc.tuple(...sizes.map((size) => odd(shape.with(axis, size)))))
          .map((all) => ({ all, axis })),
      ),
    );
    await fc.assert(
      fc.asyncProperty(scene, ({ all, axis }) => check('Concat', all, { axis })),
      RUNS,
    );
  });

  test('Pack', async () => {
    const scene = shapes(4, 0).chain((shape) =>
      fc.tuple(
        fc.integer({ min: -shape.length - 1, max: shape.length }),
        fc.array(odd(shape), { minLength: 1, maxLength: 4 }),
      ),
    );
    await fc.assert(
      fc.asyncProperty(scene, ([axis, all]) => check('Pack', all, { axis })),
      RUNS,
    );
  });

  test('StridedSlice', async () => {
    const scene = shapes(4).chain((shape) =>
      fc.record({
        x: tensors(shape),
        begin: fc.tuple(...shape.map((size) => fc.integer({ min: -size, max: size }))),
        end: fc.tuple(...shape.map((size) => fc.integer({ min: -size, max: size }))),
        strides: fc.tuple(...shape.map(() => fc.constantFrom(-3, -2, -1, 1, 2, 3))),
        beginMask: fc.nat(15),
        endMask: fc.nat(15),
      }),
    );
    await fc.assert(
      fc.asyncProperty(scene, ({ x, ...given }) => {
        const attrs = { ...given, ellipsisMask: 0, newAxisMask: 0, shrinkAxisMask: 0 };
        return check('StridedSlice', { x }, attrs);
      }),
      RUNS,
    );
  });

  test('DepthToSpace', async () => {
    const scene = fc
      .record({ batch: fc.nat(3), height: upTo(4), width: upTo(4), depth: upTo(5), blockSize: upTo(3, 2) })
      .map(({ batch, height, width, depth, blockSize }) => ({
        x: given([batch, height, width, depth * blockSize ** 2]),
        attrs: { blockSize, dataFormat: 'NHWC' },
      }));
    await fc.assert(
      fc.asyncProperty(scene, ({ x, attrs }) => check('DepthToSpace', { x }, attrs)),
      RUNS,
    );
  });

  test('SpaceToBatchND and BatchToSpaceND', async () => {
    const scene = fc.record({
      batch: upTo(3),
      cells: fc.tuple(upTo(3), upTo(3)),
      channels: upTo(4),
      blockShape: fc.tuple(upTo(3), upTo(3)),
      before: fc.tuple(fc.nat(2), fc.nat(2)),
    });
    await fc.assert(
      fc.asyncProperty(scene, async ({ batch, cells, channels, blockShape, before }) => {
        // The padding fills up what the sizes lack of whole blocks.
        const sizes = cells.map((n, i) => n * blockShape[i]! + 1);
        const paddings = sizes.map((n, i) => {
          const lacks = (blockShape[i]! - ((n + before[i]!) % blockShape[i]!)) % blockShape[i]!;
          return [before[i]!, lacks];
        });
        await check('SpaceToBatchND', { x: given([batch, ...sizes, channels]) }, { blockShape, paddings });
        const blocks = batch * blockShape[0] * blockShape[1];
        const crops = cells.map((n, i) => [Math.min(before[i]!, n * blockShape[i]! - 1), 0]);
        await check('BatchToSpaceND', { x: given([blocks, ...cells, channels]) }, { blockShape, crops });
      }),
      RUNS,
    );
  });
});

describe('large tensors, shared out among threads', () => {
  test.each([
    ['heads before tokens', [4, 36, 4, 16], [0, 2, 1, 3]],
    ['channels first', [3, 33, 35, 21], [0, 3, 1, 2]],
    ['channels last', [3, 21, 33, 35], [0, 2, 3, 1]],
    ['a matrix', [301, 197], [1, 0]],
    ['all axes turned round', [11, 13, 17, 19], [3, 2, 1, 0]],
  ])('Transpose: %s', (_, shape, perm) => check('Transpose', { x: given(shape) }, { perm }));

  test('bytes', async () => {
    const x: Given = {
      shape: [301, 197],
      dtype: 'bool',
      values: numbers(301 * 197).map((n) => Number(n > 0)),
    };
    await check('Transpose', { x }, { perm: [1, 0] });
    await check('Slice', { x }, { begin: [1, 3], size: [290, 190] });
  });

  test('rows longer than a piece of work', async () => {
    const x = given([3, 20_001]);
    await check('Slice', { x }, { begin: [1, 0], size: [2, 20_001] });
    await check('Slice', { x }, { begin: [0, 1], size: [3, 20_000] });
    await check('Reverse', { x }, { dims: [1] });
    await check('Concat', [x, x], { axis: 1 });
  });

  test('a border around a map', () =>
    check(
      'PadV2',
      { x: given([4, 24, 23, 20]) },
      {
        paddings: [
          [0, 0],
          [1, 1],
          [1, 1],
          [0, 0],
        ],
        constantValue: -1e38,
      },
    ));
});

test('a shrunk axis beside a step, where the cpu backend takes the wrong axis', async () => {
  const x = given([3, 6]);
  const attrs = {
    begin: [1, 0],
    end: [2, 6],
    strides: [1, 2],
    beginMask: 0,
    endMask: 0,
    ellipsisMask: 0,
    newAxisMask: 0,
    shrinkAxisMask: 1,
  };
  const [result] = await run('native', 'StridedSlice', { x }, attrs);
  expect(result!.shape).toEqual([3]);
  expect(result!.values).toEqual([6, 8, 10].map((i) => x.values[i]));
});

test('results outlive their inputs: none is a view', async () => {
  const tf = await import('@tensorflow/tfjs-core');
  await tf.setBackend('native');
  const x = tf.zeros([4, 10_000]);
  const parts = [tf.slice(x, [1, 0], [2, 10_000]), ...tf.split(x, 2), ...tf.unstack(x)];
  x.dispose();
  const ones = tf.add(tf.ones([4, 10_000]), 1);
  for (const part of parts) expect(Math.max(...part.dataSync())).toBe(0);
  tf.dispose([ones, ...parts]);
});
