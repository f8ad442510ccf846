import { useEngine } from '@pcam/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { fromFunction } from '../adapters/function.js';
import type { AttributionName } from '../attributions/by-name.js';
import { recordPass } from '../pass/recorded-pass.js';
import {
  type AttributionConstraintOptions,
  attributionConstraint as attributionConstraintOf,
  type ConstraintInput,
  type ConstraintTerm,
} from './constraint.js';
import type { Penalty } from './penalty.js';
import { targetMap } from './region.js';

/** Of labels that speak of PCam's square. */
const attributionConstraint: typeof attributionConstraintOf = (options) =>
  attributionConstraintOf({ centre: 32, ...options });

beforeAll(async () => {
  await useEngine('cpu');
});

const labels = (): tf.Tensor1D => tf.tensor1d([0, 1, 0]);
const images = (): tf.Tensor4D => tf.randomUniform<tf.Rank.R4>([3, 4, 6, 2], -1, 1, 'float32', 'images');

/** Smooth, so that differences of it tell its slopes: convolution, softplus, pooling, a product of features. */
function smoothNet(scale = 1) {
  const draw = (shape: number[], seed: number): tf.Variable =>
    tf.variable(tf.randomNormal(shape, 0, 0.6, 'float32', seed));
  const parameters: Record<string, tf.Variable> = { kernel: draw([3, 3, 2, 4], 1), head: draw([4, 1], 2) };
  const { kernel, head } = parameters as { kernel: tf.Variable<tf.Rank.R4>; head: tf.Variable<tf.Rank.R2> };
  const model = fromFunction(
    (x, tap) => {
      const features = tap(
        'features',
        tf.softplus(tf.conv2d(x, kernel as unknown as tf.Tensor4D, 1, 'same')),
      );
      const pooled = tf.mean(tf.square(features), [1, 2]) as tf.Tensor2D;
      return tf.reshape(tf.mul(tf.matMul(pooled, head as unknown as tf.Tensor2D), scale), [-1]);
    },
    { layers: [{ name: 'features', kind: 'map' }] },
  );
  const dispose = (): void => tf.dispose(Object.values(parameters));
  return { model, parameters, dispose };
}

type Given = Partial<Omit<ConstraintInput, 'pass' | 'forward'>>;
type Step = { loss: number; gradients: number[]; metrics: Record<keyof ConstraintTerm['metrics'], number> };

/** λ · penalty alone, its gradients in the parameters, and what is logged. */
function step(
  constraint: (input: ConstraintInput) => ConstraintTerm,
  { model, parameters }: ReturnType<typeof smoothNet>,
  given: Given = {},
): Step {
  return tf.tidy(() => {
    const x = images();
    const y = labels();
    const metrics: Record<string, number> = {};
    const { value, grads } = tf.variableGrads(() => {
      const pass = recordPass(model.forward, x, { layers: model.layers! });
      const crossEntropy = tf.mean(tf.sub(tf.softplus(pass.output), tf.mul(y, pass.output))) as tf.Scalar;
      const input = { pass, forward: model.forward, labels: y, step: 1, crossEntropy, parameters, ...given };
      const term = constraint(input);
      pass.dispose();
      for (const [name, number] of Object.entries(term.metrics)) metrics[name] = number.dataSync()[0]!;
      // A term that is off has no gradient at all, which variableGrads takes for a mistake.
      return tf.add(term.value, tf.mul(crossEntropy, 0)) as tf.Scalar;
    }, Object.values(parameters));
    const gradients = Object.values(parameters).flatMap((v) => [...grads[v.name]!.dataSync()]);
    return { loss: value.dataSync()[0]!, gradients, metrics: metrics as Step['metrics'] };
  });
}

const length = (values: readonly number[]): number => Math.hypot(...values);

const names: AttributionName[] = [
  'inputGradient',
  'gradientTimesInput',
  'integratedGradients',
  'expectedGradients',
  'gradCam',
];
const penalties: Penalty[] = ['softplus', 'squared', 'hinge'];

describe('focus', () => {
  /** One weight, and a Grad-CAM that times cells is w·x at each place. */
  function line(x: readonly number[], focus: number, options: AttributionConstraintOptions = {}) {
    const w = tf.variable(tf.scalar(0.7));
    const places = tf.tensor4d([...x], [1, 1, x.length, 1]);
    const model = fromFunction(
      (images, tap) => tf.reshape(tf.mean(tap('places', tf.mul(images, w)), [1, 2]), [-1]) as tf.Tensor1D,
      { layers: [{ name: 'places', kind: 'map' }] },
    );
    const constraint = attributionConstraint({ region: 'negatives', focus, ...options });
    const { value, grads } = tf.variableGrads(() => {
      const pass = recordPass(model.forward, places, { layers: model.layers! });
      return constraint({ pass, forward: model.forward, labels: tf.tensor1d([0]), step: 1 }).value;
    }, [w]);
    const found = [value.dataSync()[0]!, grads[w.name]!.dataSync()[0]!] as const;
    w.dispose();
    return found;
  }
  const sigma = (a: number): number => 1 / (1 + Math.exp(-a));
  const x = [-3, -1, 0.5, 2];

  it.each([0, 1, 2, 3.5])('%d: weighs healthy places by their vote for tumour, without gradient', (focus) => {
    const weights = x.map((v) => sigma(0.7 * v) ** focus);
    // Sums of weights below 1 are not scaled up: where all vote for healthy, the penalty fades.
    const total = Math.max(
      1,
      weights.reduce((sum, weight) => sum + weight, 0),
    );
    const expected = [
      x.reduce((sum, v, i) => sum + weights[i]! * Math.log1p(Math.exp(0.7 * v)), 0) / total,
      x.reduce((sum, v, i) => sum + weights[i]! * sigma(0.7 * v) * v, 0) / total,
    ];
    for (const [i, value] of line(x, focus).entries()) expect(value).toBeCloseTo(expected[i]!, 5);
  });

  it('leaves lesions alone', () => {
    const lesions = { region: () => tf.ones([1, 1, x.length]) as tf.Tensor3D };
    expect(line(x, 2, lesions)).toEqual(line(x, 0, lesions));
  });

  it('weighs each channel by itself', () => {
    const each = { attribution: 'inputGradient', channels: 'each' } as const;
    // The gradient of every place is w / places, and times places w: all weigh alike, and the mean is as without.
    const [value] = line(x, 2, each);
    expect(value).toBeCloseTo(line(x, 0, each)[0], 5);
  });
});

describe('gradients of the whole term', () => {
  const masks = (): tf.Tensor3D =>
    tf.reshape(tf.cast(tf.greater(tf.slice(images(), 0, [3, 4, 6, 1]), 0), 'float32'), [3, 4, 6]);
  it.each(names.flatMap((name) => penalties.map((penalty) => [name, penalty] as const)))(
    '%s, %s: central differences agree',
    (attribution, penalty) => {
      const net = smoothNet();
      const options: AttributionConstraintOptions = { attribution, penalty, margin: 50, region: 'masks' };
      const constraint = attributionConstraint({ ...options, scale: 0.1 });
      const given = { masks: tf.tidy(masks) };
      const { gradients } = step(constraint, net, given);
      const norm = length(gradients);
      // Along the gradient itself, and along another direction.
      for (const along of [gradients, gradients.map((g, i) => (i % 3 === 0 ? g : -g))]) {
        const at = (distance: number): number => {
          const moved = smoothNet();
          let from = 0;
          for (const v of Object.values(moved.parameters)) {
            const part = along.slice(from, from + v.size).map((g) => (g / norm) * distance);
            from += v.size;
            tf.tidy(() => v.assign(tf.add(v, tf.tensor(part, v.shape))));
          }
          const { loss } = step(constraint, moved, given);
          moved.dispose();
          return loss;
        };
        const slope = (at(5e-3) - at(-5e-3)) / 1e-2;
        const own = along.reduce((sum, g, i) => sum + (g / norm) * gradients[i]!, 0);
        expect(Math.abs(slope - own) / norm).toBeLessThan(5e-3);
      }
      net.dispose();
    },
  );
});

describe('what is logged', () => {
  it('is the share of healthy places with negative attribution, by hand', () => {
    // logit = Σ w·x: ∂/∂x is w everywhere, and gradient × input has the sign of the pixel.
    const w = tf.variable(tf.scalar(2));
    const forward = (x: tf.Tensor4D): tf.Tensor => tf.sum(tf.mul(x, w), [1, 2, 3]);
    const x = tf.tensor4d([1, -2, -3, 4, -5, 6, -7, -8], [2, 2, 2, 1]);
    const run = (region: AttributionConstraintOptions['region'], y: number[]): number[] => {
      const constraint = attributionConstraint({
        attribution: 'gradientTimesInput',
        ...(region && { region }),
      });
      let share: number[] = [];
      tf.tidy(() =>
        tf.variableGrads(() => {
          const pass = recordPass(forward, x);
          const { value, metrics } = constraint({ pass, forward, labels: tf.tensor1d(y), step: 1 });
          share = [...metrics.negativeShare.dataSync(), ...metrics.penalty.dataSync()];
          pass.dispose();
          return value;
        }, [w]),
      );
      return share;
    };
    // Attribution w · x, times 4 pixels: 8x.
    const softplus = (a: number): number => Math.log1p(Math.exp(a));
    expect(run('negatives', [0, 1])).toEqual([0.5, expect.closeTo((softplus(8) + softplus(32)) / 4, 4)]);
    expect(run('negatives', [1, 0])[0]).toBe(0.75);
    expect(run('centre', [1, 1])).toEqual([0, 0]);
    const partly = () => tf.tensor3d([0, NaN, 1, 0, NaN, NaN, NaN, 1], [2, 2, 2]);
    expect(run(partly, [1, 0])).toEqual([
      0,
      expect.closeTo((softplus(8) + softplus(32)) / 2 + (softplus(24) + softplus(64)) / 2, 4),
    ]);
    w.dispose();
  });

  it('by rms, is the same whatever the scale of the logit', () => {
    const options: AttributionConstraintOptions = { attribution: 'inputGradient', scale: 'rms' };
    const [small, large] = [1, 1000].map((scale) => {
      const net = smoothNet(scale);
      const { metrics } = step(attributionConstraint(options), net);
      net.dispose();
      return metrics.penalty;
    });
    expect(large).toBeCloseTo(small!, 5);
  });
});

describe('the weight', () => {
  const norms = (): { crossEntropy: number; penalty: number } => {
    const net = smoothNet();
    const penalty = step(attributionConstraint({ attribution: 'inputGradient' }), net);
    const crossEntropy = step(
      ({ crossEntropy: value }) => ({ name: 'constraint', value: value!, metrics: {} as never }),
      net,
    );
    net.dispose();
    return { crossEntropy: length(crossEntropy.gradients), penalty: length(penalty.gradients) };
  };

  it('rises over the warm-up', () => {
    const net = smoothNet();
    const constraint = attributionConstraint({ weight: { lambda: 3, warmup: 4 } });
    const lambdas = [1, 2, 4, 9].map((at) => step(constraint, net, { step: at }).metrics.lambda);
    expect(lambdas).toEqual([0.75, 1.5, 3, 3]);
    net.dispose();
  });

  it('is off until a share of the training has passed, and rises from there', () => {
    const net = smoothNet();
    const constraint = attributionConstraint({ weight: { lambda: 3, from: 0.6, warmup: 2 } });
    const at = (place: number, steps = 10) => step(constraint, net, { step: place, steps });
    const places = [1, 6, 7, 8, 9];
    expect(places.map((place) => at(place).metrics.lambda)).toEqual([0, 0, 1.5, 3, 3]);
    expect(places.map((place) => constraint.isOff({ step: place, steps: 10 }))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    const [off, on] = [at(6), at(8)];
    expect(off.metrics.penalty).toBe(on.metrics.penalty);
    expect([off.loss, ...off.gradients].every((value) => value === 0)).toBe(true);
    expect(length(on.gradients)).toBeGreaterThan(1e-3);
    expect(() => step(constraint, net, { step: 7 })).toThrow(/A weight with from needs steps/);
    const byRatio = attributionConstraint({ attribution: 'inputGradient', weight: { ratio: 1, from: 0.5 } });
    expect(step(byRatio, net, { step: 5, steps: 10 }).metrics.lambda).toBe(0);
    expect(step(byRatio, net, { step: 6, steps: 10 }).metrics.lambda).toBeGreaterThan(0);
    net.dispose();
  });

  it('by ratio, makes the gradients of that ratio, without one of its own', () => {
    const net = smoothNet();
    const { crossEntropy, penalty } = norms();
    const constraint = attributionConstraint({ attribution: 'inputGradient', weight: { ratio: 0.3 } });
    const { metrics, gradients } = step(constraint, net);
    expect(metrics.lambda / ((0.3 * crossEntropy) / penalty)).toBeCloseTo(1, 4);
    expect(length(gradients) / (0.3 * crossEntropy)).toBeCloseTo(1, 4);
    const fixed = step(attributionConstraint({ attribution: 'inputGradient', weight: metrics.lambda }), net);
    for (const [i, g] of gradients.entries()) expect(g).toBeCloseTo(fixed.gradients[i]!, 5);
    net.dispose();
  });

  it('by ratio, holds between measurements, averages them, and goes on from what was saved', async () => {
    const net = smoothNet();
    const weight = { ratio: 1, every: 3, decay: 0.25 };
    const constraint = attributionConstraint({ attribution: 'inputGradient', weight });
    const other = smoothNet(7);
    const lambdaOf = (at: number, of = net, by = constraint): number =>
      step(by, of, { step: at }).metrics.lambda;
    const first = lambdaOf(1);
    expect(lambdaOf(2, other)).toBe(first);
    const fresh = lambdaOf(1, other, attributionConstraint({ attribution: 'inputGradient', weight }));
    expect(fresh / first).not.toBeCloseTo(1, 1);
    const third = lambdaOf(3, other);
    expect(third).toBeCloseTo(0.25 * first + 0.75 * fresh, 5);
    const saved = await constraint.state.save();
    expect(saved).toEqual([third]);
    const resumed = attributionConstraint({ attribution: 'inputGradient', weight });
    resumed.state.restore(saved);
    expect([4, 5, 6].map((at) => lambdaOf(at, net, resumed))).toEqual([4, 5, 6].map((at) => lambdaOf(at)));
    resumed.state.restore([]);
    expect(lambdaOf(4, net, resumed)).toBe(first);
    net.dispose();
    other.dispose();
  });

  it('by ratio, passes over a batch whose penalty has no gradient', () => {
    const net = smoothNet();
    const constraint = attributionConstraint({
      attribution: 'inputGradient',
      weight: { ratio: 1, every: 1, decay: 0 },
    });
    const onlyTumour = tf.ones([3]) as tf.Tensor1D;
    expect(step(constraint, net, { labels: onlyTumour }).metrics.lambda).toBe(0);
    const { lambda } = step(constraint, net, { step: 2 }).metrics;
    expect(lambda).toBeGreaterThan(0);
    expect(step(constraint, net, { step: 3, labels: onlyTumour }).metrics.lambda).toBe(lambda);
    net.dispose();
  });

  it('by ratio, asks for what it measures on', () => {
    const net = smoothNet();
    const constraint = attributionConstraint({ weight: { ratio: 1 } });
    const missing = { crossEntropy: undefined } as unknown as Given;
    expect(() => step(constraint, net, missing)).toThrow(/needs crossEntropy and parameters/);
    net.dispose();
  });
});

it.each(['inputGradient', 'integratedGradients', 'expectedGradients', 'gradCam'] as const)(
  'leaves no tensors behind: %s, by ratio',
  (attribution) => {
    const net = smoothNet();
    const constraint = attributionConstraint({ attribution, scale: 'rms', weight: { ratio: 1, every: 2 } });
    const left = [1, 2, 3, 4, 5].map((at) => {
      step(constraint, net, { step: at });
      return tf.memory().numTensors;
    });
    expect(new Set(left).size).toBe(1);
    net.dispose();
  },
);

describe('what is refused', () => {
  it.each<[object, RegExp]>([
    [{ attribution: 'saliency' }, /attribution must be one of inputGradient, .*, got 'saliency'/],
    [{ attribution: { steps: 3 } }, /attribution must be one of inputGradient, .*, got undefined/],
    [{ attribution: ['gradCam'] }, /in a list, give \{ name: 'gradCam' \}/],
    [{ pass: {} }, /call it first: the term is attributionConstraint\(\{ … \}\)$/],
    [{ lambda: 0.3 }, /^attributionConstraint: unknown option 'lambda'; give weight: \{ lambda \}$/],
    [{ layer: 'a' }, /unknown option 'layer'; give it with its attribution: \{ name, layer \}/],
    [{ penality: 'hinge' }, /unknown option 'penality'; did you mean 'penalty'\?/],
    [
      { attribution: { name: 'gradCam', steps: 3 } },
      /attribution gradCam: unknown option 'steps'; known are name, weight, layer, placement/,
    ],
    [
      { attribution: { name: 'gradCam', placement: 'cell' } },
      /placement must be one of tile, receptiveField, got 'cell'/,
    ],
    [{ weight: { lambda: 1, warmUp: 3 } }, /weight: unknown option 'warmUp'; did you mean 'warmup'\?/],
    [{ weight: { ratio: 1, lambda: 3 } }, /weight by ratio: unknown option 'lambda'/],
    [{ weight: {} }, /weight.lambda is undefined; expected a number/],
    [{ weight: '0.5' }, /weight is '0.5'; expected a number/],
    [{ attribution: [] }, /attribution is an empty list; expected at least one/],
    [{ attribution: [{ name: 'gradCam', weight: 0 }] }, /weight of an attribution is 0; expected a positive/],
    [
      { attribution: { name: 'integratedGradients', steps: 1.5 } },
      /steps is 1.5; expected a positive integer/,
    ],
    [{ attribution: { name: 'expectedGradients', samples: 0 } }, /samples is 0; expected a positive integer/],
    [
      { attribution: { name: 'expectedGradients', zeroShare: 2 } },
      /zeroShare is 2; expected a number from 0 to 1/,
    ],
    [{ penalty: 'l1' }, /penalty must be one of softplus, squared, hinge, got 'l1'/],
    [{ focus: -1 }, /focus is -1; expected/],
    [{ region: 'edge' }, /region must be one of centre, tumorFree, negatives, composed, masks, got 'edge'/],
    [{ channels: 'max' }, /channels must be one of sum, mean, each, got 'max'/],
    [{ scale: -1 }, /scale \(or 'rms'\) is -1; expected a positive number/],
    [{ margin: -1 }, /margin is -1; expected a number of at least 0/],
    [{ margin: '1' }, /margin is '1'; expected a number of at least 0/],
    [{ attribution: [null] }, /attribution is null; expected an attribution with its options/],
    [
      { attribution: { name: 'gradientTimesInput', baseline: 'white' } },
      /baseline is 'white'; expected a finite number or a tensor/,
    ],
    [{ weight: -1 }, /weight is -1; expected a number of at least 0/],
    [{ weight: { lambda: Number.NaN } }, /lambda is NaN; expected a number of at least 0/],
    [{ weight: { lambda: 1, warmup: -2 } }, /warmup is -2; expected a number of at least 0/],
    [{ weight: { lambda: 1, from: 1 } }, /from is 1; expected a share, at least 0 and below 1/],
    [{ weight: { ratio: 0 } }, /ratio is 0; expected a positive number/],
    [{ weight: { ratio: 1, every: 0 } }, /every is 0; expected a positive integer/],
    [{ weight: { ratio: 1, decay: 1 } }, /decay is 1; expected at least 0 and below 1/],
  ])('%j', (options, message) => {
    expect(() => attributionConstraint(options as AttributionConstraintOptions)).toThrow(message);
    expect(() => attributionConstraint(options as AttributionConstraintOptions)).not.toThrow(/\n/);
  });

  it('a square that nobody told of, where one is asked for', () => {
    const message = /^attributionConstraint: centre is .*; give the side .* \(centre: 32 for PCam\)\.$/;
    for (const options of [
      {},
      { region: 'tumorFree' },
      { region: 'negatives', positives: 'centre' },
      { region: 'masks', centre: 1.5 },
    ] as const) {
      expect(() => attributionConstraintOf(options)).toThrow(message);
    }
    expect(() => targetMap('centre', 'unknown', { size: [8, 8], labels: labels() })).toThrow(message);
    attributionConstraintOf({ region: 'negatives' });
    attributionConstraintOf({ region: 'masks', positives: 'centre' });
  });

  it('an attribution by the name it has elsewhere, with the one it has here', () => {
    const options = { attribution: 'gradient' } as unknown as AttributionConstraintOptions;
    expect(() => attributionConstraint(options)).toThrow(/got 'gradient'; did you mean 'inputGradient'\?/);
    const code = expect.objectContaining({ name: 'XaiError', code: 'option' });
    expect(() => attributionConstraint(options)).toThrow(code);
  });

  it('a pass outside of a tape, an unknown layer, a baseline of other channels, a layer tapped twice', () => {
    const net = smoothNet();
    const x = images();
    expect(() => recordPass(net.model.forward, x)).toThrow(/belong inside variableGrads/);
    const gradCam = (layer: string) => attributionConstraint({ attribution: { name: 'gradCam', layer } });
    expect(() => step(gradCam('block'), net)).toThrow(/no layer 'block'; the model has: features/);
    const baseline = tf.zeros([1, 1, 3]);
    const constraint = attributionConstraint({ attribution: { name: 'gradientTimesInput', baseline } });
    expect(() => step(constraint, net)).toThrow(/baseline is shaped \[1,1,3\]/);
    const twice = fromFunction((y, tap) => tf.sum(tap('a', tap('a', y)), [1, 2, 3]));
    expect(() => tf.grad((y) => recordPass(twice.forward, y as tf.Tensor4D).output)(x)).toThrow(
      /'a' was tapped twice/,
    );
    net.dispose();
  });
});

it("a tap on the images leaves the caller's own alone", () => {
  const x = images();
  const w = tf.variable(tf.scalar(1));
  const model = fromFunction((y, tap) => tf.sum(tf.mul(tap('input', y), w), [1, 2, 3]));
  tf.tidy(() =>
    tf.variableGrads(() => {
      const pass = recordPass(model.forward, x);
      const value = tf.sum(tf.square(pass.gradient(pass.activation('input')))) as tf.Scalar;
      pass.dispose();
      return value;
    }, [w]),
  );
  expect(x.isDisposed).toBe(false);
  tf.dispose([x, w]);
});

describe('the region', () => {
  const ones = (map: { counts: tf.Tensor; target: tf.Tensor }): number[] => [
    tf.sum(map.counts).dataSync()[0]!,
    tf.sum(tf.mul(map.counts, map.target)).dataSync()[0]!,
  ];
  let labels: tf.Tensor1D;
  beforeAll(() => {
    labels = tf.tensor1d([0, 1]);
  });
  const masks = (side: number): tf.Tensor3D =>
    tf.concat([tf.zeros([1, side, side]), tf.ones([1, side, side])]) as tf.Tensor3D;

  it('is the centre 32×32 of negatives, the whole of smaller patches', () => {
    for (const [side, count] of [
      [96, 1024],
      [65, 1024],
      [20, 400],
    ] as const) {
      expect(ones(targetMap('centre', 'unknown', { size: [side, side], centre: 32, labels }))).toEqual([
        count,
        0,
      ]);
      expect(ones(targetMap('centre', 'centre', { size: [side, side], centre: 32, labels }))).toEqual([
        2 * count,
        count,
      ]);
    }
    const counts = targetMap('centre', 'unknown', {
      size: [64, 64],
      centre: 32,
      labels,
    }).counts.arraySync() as number[][][];
    expect([counts[0]![15]![16], counts[0]![16]![16], counts[0]![47]![47], counts[0]![47]![48]]).toEqual([
      0, 1, 1, 0,
    ]);
  });

  it('is all of tumour-free patches, by metadata or masks, else the centre of negatives', () => {
    const input = { size: [40, 40] as const, centre: 32, labels: tf.tensor1d([0, 0]) };
    const known = { ...input, tumorPatch: tf.tensor1d([0, 1]) };
    expect(ones(targetMap('tumorFree', 'unknown', known))).toEqual([1600 + 1024, 0]);
    expect(ones(targetMap('tumorFree', 'unknown', { ...input, masks: masks(40) }))).toEqual([1600 + 1024, 0]);
    expect(() => targetMap('tumorFree', 'unknown', input)).toThrow(/needs tumorPatch .* or masks/);
  });

  it('is all of negatives, or every pixel by its mask', () => {
    const input = { size: [40, 40] as const, labels, masks: masks(40) };
    expect(ones(targetMap('negatives', 'unknown', input))).toEqual([1600, 0]);
    expect(ones(targetMap('masks', 'centre', input))).toEqual([3200, 1600]);
    expect(() => targetMap('masks', 'unknown', { size: [40, 40], labels })).toThrow(/needs masks/);
    const flat = { ...input, masks: tf.zeros([1, 40, 40]) as tf.Tensor3D };
    expect(() => targetMap('masks', 'unknown', flat)).toThrow(
      /masks are shaped \[1,40,40\]; expected \[2,40,40\]/,
    );
  });

  it('is every pixel of a composed patch, by the label of the patch that it is of', () => {
    const pixelLabels = masks(40);
    const input = { size: [40, 40] as const, labels, pixelLabels };
    for (const positives of ['unknown', 'centre'] as const) {
      expect(ones(targetMap('composed', positives, input))).toEqual([3200, 1600]);
    }
    expect(() => targetMap('composed', 'unknown', { size: [40, 40], labels })).toThrow(
      /needs pixelLabels, .*: load with compose: true/,
    );
    const flat = { ...input, pixelLabels: tf.zeros([1, 40, 40]) as tf.Tensor3D };
    expect(() => targetMap('composed', 'unknown', flat)).toThrow(/pixelLabels are shaped \[1,40,40\]/);
  });
});
