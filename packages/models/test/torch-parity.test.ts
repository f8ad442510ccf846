/*
 * Values, gradients and running statistics against PyTorch in float64 (fixtures/torch_twins.py).
 *
 * Tolerance: this side computes in float32 through up to 18 convolutions, and its rounding errors reach 1e-5 of
 * a tensor's norm (measured; 1e-6 typically). On native they reach 7e-5 in the second-order gradients of ResNet-18
 * in training, whose last stage normalises over eight values; with direct convolutions in place of Winograd's it
 * is 2e-5. A wrong term, a swapped axis, a padding off by one or the biased variance shows as 1e-3 and more. The
 * floor of 1e-6 is for gradients that are zero by symmetry, as that of the keys' bias.
 */
import { readFileSync } from 'node:fs';
import {
  grads,
  mean,
  mul,
  reshape,
  type Scalar,
  softplus,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  tensor1d,
  tidy,
  type Variable,
  variable,
  variableGrads,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  createModel,
  createUnet,
  type Model,
  type ModelConfig,
  type SegmentationModel,
  type UnetConfig,
} from '../src/index.js';
import { type Digest, expectDigest as expectDigestWithin } from './digest.js';
import { onEngines, start } from './engines.js';
import { formulaImages, setFormulaWeights } from './formula.js';

interface Mode {
  /** All, or 32 and a few at even steps. */
  logits: number[];
  loss: number;
  inputGradient: Digest;
  gradients: Record<string, Digest>;
  running: Record<string, Digest>;
  /** Σ (∂ Σ logits / ∂ images)², and its gradients: they need second derivatives. */
  penalty?: number;
  penaltyGradients?: Record<string, Digest>;
}

interface Fixture {
  config: ModelConfig | UnetConfig;
  size: [number, number, number, number];
  eval: Mode;
  training: Mode;
}

let tolerance = 5e-5;

function expectDigest(actual: Tensor, expected: Digest, label: string): void {
  expectDigestWithin(tolerance, actual, expected, label);
}

function create(config: ModelConfig | UnetConfig): Model | SegmentationModel {
  return config.name === 'unet' ? createUnet(config) : createModel(config);
}

/** Binary cross-entropy with labels 0, 1, 0, …: softplus(z) − y·z. */
function lossOf(logits: Tensor1D): Scalar {
  const labels = tensor1d(Array.from({ length: logits.size }, (_, index) => index % 2));
  return mean(sub(softplus(logits), mul(labels, logits)));
}

const cases = [
  'cnn-p4m',
  'densenet-p4m',
  'densenet-p4',
  'resnet18',
  'bottleneck',
  'resnet-symmetric',
  'cnn',
  'cnn-symmetric',
  'fcn',
  'fcn-symmetric',
  'vit',
  'vit-class-other-size',
  'unet',
  'unet-symmetric',
];

const parity = (name: string): void => {
  const path = new URL(`fixtures/torch-${name}.json`, import.meta.url);
  const fixture = JSON.parse(readFileSync(path, 'utf8')) as Fixture;

  test.each(['eval', 'training'] as const)('%s mode agrees with PyTorch', (mode) => {
    const expected = fixture[mode];
    const model = create(fixture.config);
    setFormulaWeights(model);
    const images = variable(formulaImages(fixture.size)) as Variable;
    const training = mode === 'training';
    const trainable = [...model.variables.values()].filter((v) => v.trainable);
    tidy(() => {
      const { value, grads: byName } = variableGrads(() => {
        const logits = model.forward(images as unknown as Tensor4D, { training });
        return lossOf(reshape(logits, [-1]));
      }, [...trainable, images]);
      expect(value.dataSync()[0]).toBeCloseTo(expected.loss, 5);
      expectDigest(byName[images.name]!, expected.inputGradient, 'input');
      const compared = [...model.variables].filter(([, v]) => v.trainable);
      expect(compared.map(([key]) => key).sort()).toEqual(Object.keys(expected.gradients).sort());
      for (const [key, v] of compared) expectDigest(byName[v.name]!, expected.gradients[key]!, key);
      for (const [key, digest] of Object.entries(expected.running))
        expectDigest(model.variables.get(key)!, digest, key);
    });
    if (expected.penalty !== undefined)
      tidy(() => {
        const penalty = (): Scalar => {
          const [g] = grads((x: Tensor) => sum(model.forward(x as Tensor4D, { training })))([images]);
          return sum(mul(g!, g!)) as Scalar;
        };
        const { value, grads: byName } = variableGrads(penalty, trainable);
        expect(Math.abs(value.dataSync()[0]! / expected.penalty! - 1)).toBeLessThan(tolerance);
        for (const [key, digest] of Object.entries(expected.penaltyGradients!)) {
          const v = model.variables.get(key)!;
          expectDigest(byName[v.name] ?? zerosLike(v), digest, `second order, ${key}`);
        }
      });
    if (!training) {
      const logits = model.forward(images as unknown as Tensor4D);
      const step = Math.max(1, Math.floor(logits.size / 32));
      const own = logits.dataSync().filter((_, i) => i % step === 0);
      expect(own.length).toBe(expected.logits.length);
      for (const [i, logit] of own.entries()) expect(logit).toBeCloseTo(expected.logits[i]!, 4);
      logits.dispose();
    }
    images.dispose();
    model.dispose();
  });
};

onEngines(['wasm', 'native'], (engine) => {
  beforeAll(async () => {
    tolerance = engine === 'native' ? 2e-4 : 5e-5;
    await start(engine);
  });

  describe.each(cases)('%s', parity);
});
