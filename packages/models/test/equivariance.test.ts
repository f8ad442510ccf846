/* Turning and mirroring an image turns and mirrors the maps of a network of p4m, and leaves its logit. */
import {
  add,
  grads,
  keep,
  mean,
  mul,
  randomUniform,
  reverse,
  type Scalar,
  sum,
  type Tensor,
  type Tensor4D,
  tidy,
  transpose,
  variableGrads,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { GroupConv } from '../src/blocks/group-conv.js';
import { groupPool } from '../src/blocks/group-features.js';
import { type CreateModelOptions, createModel, type Model } from '../src/index.js';
import { makePass } from '../src/pass.js';
import { Scope } from '../src/scope.js';
import { onEngines, start } from './engines.js';
import { hashed, uniform } from './formula.js';

/** Of the largest value of what is compared. */
const tolerance = 1e-5;

type Symmetry = readonly [name: string, apply: (x: Tensor4D) => Tensor4D];

const turn = (x: Tensor4D): Tensor4D => reverse(transpose(x, [0, 2, 1, 3]), 1);
const mirror = (x: Tensor4D): Tensor4D => reverse(x, 2);
const turns: readonly Symmetry[] = [
  ['as it is', (x) => x],
  ['a quarter turn', turn],
  ['half a turn', (x) => turn(turn(x))],
  ['three quarter turns', (x) => turn(turn(turn(x)))],
];
const all: readonly Symmetry[] = [
  ...turns,
  ...turns.map(([name, apply]): Symmetry => [`mirrored, ${name}`, (x) => apply(mirror(x))]),
];

/** Batch norm as after training: other scales, shifts and statistics for each channel. */
function trainedLike(options: CreateModelOptions): Model {
  const model = createModel(options);
  for (const [name, variable] of model.variables) {
    if (!/\.bn\.|^bn\./.test(name)) continue;
    const spread = name.endsWith('runningVar') ? 0.5 : 0.3;
    const middle = /weight|Var/.test(name) ? 1 : 0;
    tidy(() => {
      const u = Float32Array.from(hashed(name, variable.size), (v) => middle + spread * v);
      variable.assign(add(mul(variable, 0), u));
    });
  }
  return model;
}

interface Seen {
  readonly logit: Tensor;
  /** Of each layer: the mean over orientations, and Grad-CAM (Selvaraju et al. 2017, eq. 1 and 2, not rectified). */
  readonly maps: Readonly<Record<string, Tensor4D>>;
  readonly attributions: Readonly<Record<string, Tensor4D>>;
}

function look(model: Model, images: Tensor4D, training: boolean): Seen {
  const names = model.layers.map(({ name }) => name);
  const seen: Record<string, Tensor4D> = {};
  const run = (added: readonly Tensor[]): Tensor =>
    model.forward(images, {
      training,
      seed: 1,
      tap(name, activation) {
        if (added.length > 0) return add(activation, added[names.indexOf(name)]!);
        seen[name] = keep(activation.clone() as Tensor4D);
        return activation;
      },
    });
  const logit = run([]);
  const slopes = grads((...added: Tensor[]) => sum(run(added)))(names.map((name) => mul(seen[name]!, 0)));
  const [maps, attributions]: Record<string, Tensor4D>[] = [{}, {}];
  for (const [i, name] of names.entries()) {
    const activation = seen[name]!;
    attributions![name] = sum(mul(activation, mean(slopes[i]!, [1, 2], true)), 3, true);
    maps![name] = groupPool(activation, name === names.at(-1) ? 1 : orderOf(model)).clone();
    activation.dispose();
  }
  return { logit, maps: maps!, attributions: attributions! };
}

function orderOf({ config }: Model): number {
  return { z2: 1, p4: 4, p4m: 8 }[config.group as 'z2' | 'p4' | 'p4m'];
}

/** The largest difference, of the largest value. */
function difference(a: Tensor, b: Tensor): number {
  expect(a.shape).toEqual(b.shape);
  const [x, y] = [a.dataSync() as Float32Array, b.dataSync() as Float32Array];
  const largest = x.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return x.reduce((most, value, i) => Math.max(most, Math.abs(value - y[i]!)), 0) / largest;
}

/** Of logits, maps and attributions, over symmetries. */
function worst(
  model: Model,
  size: readonly [number, number],
  symmetries: readonly Symmetry[],
  training: boolean,
) {
  return tidy(() => {
    const images = uniform('turned', [2, ...size, 3]) as Tensor4D;
    const plain = look(model, images, training);
    const differences = { logit: 0, map: 0, attribution: 0, lastAttribution: 0 };
    for (const [, apply] of symmetries) {
      const turned = look(model, apply(images), training);
      differences.logit = Math.max(differences.logit, difference(plain.logit, turned.logit));
      for (const { name } of model.layers) {
        const map = difference(apply(plain.maps[name]!), turned.maps[name]!);
        const attribution = difference(apply(plain.attributions[name]!), turned.attributions[name]!);
        differences.map = Math.max(differences.map, map);
        const kind = name === model.layers.at(-1)!.name ? 'lastAttribution' : 'attribution';
        differences[kind] = Math.max(differences[kind], attribution);
      }
    }
    return differences as unknown as Tensor;
  }) as unknown as Record<'logit' | 'map' | 'attribution' | 'lastAttribution', number>;
}

interface Case {
  readonly label: string;
  readonly options: CreateModelOptions;
  readonly symmetries: readonly Symmetry[];
  readonly sizes: readonly (readonly [number, number])[];
}

const small = { stemWidth: 2, growth: 2 } as const;
const cases: Case[] = [
  {
    label: 'cnn',
    options: {
      name: 'cnn',
      group: 'p4m',
      stemWidth: 2,
      widths: [2, 3, 4],
      depths: [1, 2, 2],
      strides: [1, 2, 3],
    },
    symmetries: all,
    sizes: [
      [48, 48],
      [60, 36],
    ],
  },
  {
    label: 'cnn of p4 with the centre alone',
    options: {
      name: 'cnn',
      group: 'p4',
      stemWidth: 2,
      widths: [2, 3],
      depths: [1, 2],
      strides: [2, 1],
      poolField: 17,
    },
    symmetries: turns,
    sizes: [[48, 56]],
  },
  {
    label: 'densenet',
    options: { name: 'densenet', blocks: 3, ...small },
    symmetries: all,
    sizes: [
      [20, 20],
      [32, 52],
    ],
  },
  {
    label: 'densenet as deep as published',
    options: { name: 'densenet', stemWidth: 1, growth: 1 },
    symmetries: all.slice(4, 6),
    sizes: [[80, 96]],
  },
  {
    label: 'densenet of p4',
    options: { name: 'densenet', group: 'p4', blocks: 3, ...small },
    symmetries: turns,
    sizes: [[28, 44]],
  },
];

onEngines(['wasm', 'native'], (engine) => {
  beforeAll(() => start(engine));

  describe.each(cases)('$label', ({ options, symmetries, sizes }) => {
    test.each(sizes)('turns its maps with an image of %d×%d', (...size) => {
      const model = trainedLike({ ...options, seed: 3 } as CreateModelOptions);
      for (const training of [false, true]) {
        const { logit, map, attribution, lastAttribution } = worst(model, size, symmetries, training);
        expect(logit, 'logit').toBeLessThan(tolerance);
        expect(map, 'map').toBeLessThan(tolerance);
        // Statistics of a batch amplify rounding.
        const allowed = training ? 5 * tolerance : tolerance;
        expect(lastAttribution, 'attribution at the last layer').toBeLessThan(allowed);
        // Before it, rounding may move what goes into some ReLU across zero, which changes a slope.
        expect(attribution, 'attribution').toBeLessThan(5e-3);
      }
      model.dispose();
    });

    test('of z2 does not', () => {
      const model = trainedLike({ ...options, group: 'z2', seed: 3 } as CreateModelOptions);
      for (const symmetry of symmetries.slice(1)) {
        const { logit, map, lastAttribution } = worst(model, sizes[0]!, [symmetry], false);
        expect(logit, symmetry[0]).toBeGreaterThan(100 * tolerance);
        expect(map, symmetry[0]).toBeGreaterThan(100 * tolerance);
        expect(lastAttribution, symmetry[0]).toBeGreaterThan(100 * tolerance);
      }
      model.dispose();
    });
  });

  test('what is of p4 alone is not mirrored with the image', () => {
    const model = trainedLike({ name: 'densenet', group: 'p4', blocks: 3, ...small, seed: 3 });
    expect(worst(model, [20, 20], all.slice(4, 5), false).logit).toBeGreaterThan(100 * tolerance);
    model.dispose();
  });

  test.each([
    [3, 1, 0, 8],
    [3, 1, 1, 8],
    [4, 2, 1, 8],
    [2, 2, 0, 8],
    [5, 3, 1, 9],
    [1, 1, 0, 7],
  ])(
    'a convolution of kernel %d, stride %d and padding %d turns a map of %d cells',
    (kernel, stride, pad, side) => {
      const scope = new Scope(1);
      const [first, second] = [false, true].map((lifted) => {
        const shape = {
          group: 'p4m',
          lifted,
          inputs: lifted ? 2 : 3,
          outputs: 2,
          kernel,
          stride,
          pad,
        } as const;
        return new GroupConv(
          scope.child(`${lifted}`),
          lifted ? shape : { ...shape, kernel: 3, stride: 1, pad: 1 },
        );
      });
      tidy(() => {
        const pass = makePass({});
        const run = (x: Tensor4D): Tensor4D => groupPool(second!.apply(first!.apply(x, pass), pass), 8);
        const images = randomUniform([1, side, side, 3], -1, 1, 'float32', 5) as Tensor4D;
        for (const [name, apply] of all) {
          expect(difference(apply(run(images)), run(apply(images))), name).toBeLessThan(tolerance);
        }
      });
      scope.dispose();
    },
  );
});

test('a stride that does not sample symmetrically is refused', async () => {
  await start('cpu');
  const shape = { group: 'p4', lifted: false, inputs: 3, outputs: 2, kernel: 3, stride: 2, pad: 1 } as const;
  expect(() => new GroupConv(new Scope(0), shape)).toThrow(
    /^A 3×3 convolution of stride 2 padded by 1 does not commute with turns; take a kernel such as 4\.$/,
  );
  const scope = new Scope(0);
  expect(() => new GroupConv(scope, { ...shape, group: 'z2' })).not.toThrow();
  scope.dispose();
});

test('the plain filter is computed once for given weights, and again for others', async () => {
  await start('cpu');
  const scope = new Scope(0);
  const shape = { group: 'p4m', lifted: false, inputs: 3, outputs: 2, kernel: 3 } as const;
  const conv = new GroupConv(scope, shape);
  tidy(() => {
    const plain = (training = false): Tensor4D => conv.plain(makePass({ training }));
    const first = plain();
    expect(plain().dataId).toBe(first.dataId);
    expect(plain(true).dataId).not.toBe(first.dataId);
    const before = first.dataSync();
    conv.weight.assign(mul(conv.weight, 2));
    expect([...plain().dataSync()]).toEqual([...before.map((value) => 2 * value)]);
    expect([...plain(true).dataSync()]).toEqual([...plain().dataSync()]);
    // Remembered or not, the gradient goes to the learned weights.
    const x = randomUniform([1, 4, 4, 3], -1, 1, 'float32', 2) as Tensor4D;
    const slopes = [true, false].map((training) => {
      const loss = (): Scalar => {
        const y = conv.apply(x, makePass({ training }));
        return sum(mul(y, y)) as Scalar;
      };
      return variableGrads(loss, [conv.weight]).grads[conv.weight.name]!;
    });
    expect(difference(slopes[0]!, slopes[1]!)).toBeLessThan(tolerance);
  });
  scope.dispose();
});
