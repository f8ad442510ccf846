/*
 * The whole constrained step (loss, what is logged, every parameter's gradient) against PyTorch's double backward in
 * float64 (fixtures/constraint.py), on the same weights, by the digests of @pcam/models' torch-parity.test.ts.
 */
import { readFileSync } from 'node:fs';
import { type CreateModelOptions, createModel } from '@pcam/models';
import {
  add,
  cast,
  fill,
  greaterEqual,
  less,
  mean,
  mul,
  onesLike,
  type Scalar,
  softplus,
  sub,
  type Tensor1D,
  type Tensor3D,
  type Tensor4D,
  tensor,
  tensor1d,
  tidy,
  type Variable,
  variableGrads,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Digest, expectDigest } from '../../models/test/digest.js';
import { onEngines, start } from '../../models/test/engines.js';
import { formulaImages, setFormulaWeights, uniform } from '../../models/test/formula.js';
import {
  type AttributionConstraintOptions,
  attributionConstraint,
  type Forward,
  type NamedAttribution,
  type RecordedPass,
  recordPass,
  type WeightedAttribution,
} from '../src/index.js';

interface Case {
  mode: 'eval' | 'training';
  options: AttributionConstraintOptions & { region?: string };
  loss: number;
  penalty: number;
  lambda: number;
  negativeShare: number;
  gradients: Record<string, Digest>;
}

interface Fixture {
  config: CreateModelOptions;
  size: [number, number, number, number];
  labels: number[];
  tumorPatch: number[];
  cases: Case[];
}

let tolerance = 0;

/** The fixture's options, with what JSON cannot say: a map by a function, and references. */
function optionsOf({ options }: Case, size: Fixture['size']): AttributionConstraintOptions {
  const shape = size.slice(0, 3);
  const targets = (): Tensor3D => {
    const u = uniform('region', shape);
    const unknown = fill(shape, Number.NaN);
    return where(less(u, 0.3), zerosLike(u), where(greaterEqual(u, 0.7), onesLike(u), unknown)) as Tensor3D;
  };
  const complete = <T extends NamedAttribution>(attribution: T): T => {
    if (attribution.name === 'expectedGradients') {
      return { ...attribution, references: uniform('references', [2, ...size.slice(1)]) as Tensor4D };
    }
    const { baseline } = attribution as { baseline?: unknown };
    return Array.isArray(baseline) ? { ...attribution, baseline: tensor(baseline, [1, 1, 3]) } : attribution;
  };
  const given = options.attribution as NamedAttribution | WeightedAttribution[];
  const attribution = Array.isArray(given) ? given.map((each) => complete(each)) : complete(given);
  return { ...options, attribution, ...((options.region as string) === 'function' && { region: targets }) };
}

function describeCase({ mode, options }: Case): string {
  const { attribution, ...rest } = options;
  const names = [attribution as NamedAttribution | WeightedAttribution[]].flat().map((each) => {
    if (each.name !== 'gradCam') return each.name;
    const { layer, placement } = each;
    return `gradCam${layer ? ` at ${layer}` : ''}${placement ? ` placed by ${placement}` : ''}`;
  });
  return `${mode}: ${names.join(' + ')} ${JSON.stringify(rest)}`;
}

const parity = (family: string): void => {
  const path = new URL(`fixtures/constraint-${family}.json`, import.meta.url);
  const fixture = JSON.parse(readFileSync(path, 'utf8')) as Fixture;
  const { size } = fixture;

  test.each(fixture.cases.map((one) => [describeCase(one), one] as const))('%s', (_, expected) => {
    const model = createModel(fixture.config);
    setFormulaWeights(model);
    const parameters = Object.fromEntries([...model.variables].filter(([, v]) => v.trainable));
    const training = expected.mode === 'training';
    // The fixtures' cells are centred on their first pixels.
    const layers = model.layers.map((layer) => ({ ...layer, origin: 0 }));
    const forward: Forward = (images, options) => model.forward(images, { ...options, training });
    tidy(() => {
      const constraint = attributionConstraint({ centre: 32, ...optionsOf(expected, size) });
      const labels = tensor1d(fixture.labels);
      const masks = cast(greaterEqual(uniform('masks', size.slice(0, 3)), 0.5), 'float32') as Tensor3D;
      const images = formulaImages(size);
      let pass: RecordedPass | undefined;
      const logged: Record<string, number> = {};
      const { value, grads } = variableGrads(() => {
        pass = recordPass(forward, images, { layers });
        const logits = pass.output as Tensor1D;
        const crossEntropy = mean(sub(softplus(logits), mul(labels, logits))) as Scalar;
        const known = { labels, masks, tumorPatch: tensor1d(fixture.tumorPatch) };
        const term = constraint({ pass, forward, ...known, step: 1, crossEntropy, parameters });
        for (const [name, number] of Object.entries(term.metrics)) logged[name] = number.dataSync()[0]!;
        return add(crossEntropy, term.value) as Scalar;
      }, Object.values(parameters) as Variable[]);
      const near = (own: number, name: 'loss' | 'penalty' | 'lambda' | 'negativeShare'): void => {
        const error = Math.abs(own / expected[name] - 1);
        expect(error, name).toBeLessThan(name === 'negativeShare' ? 1e-3 : tolerance);
      };
      near(value.dataSync()[0]!, 'loss');
      for (const name of ['penalty', 'lambda', 'negativeShare'] as const) near(logged[name]!, name);
      expect(Object.keys(parameters).sort()).toEqual(Object.keys(expected.gradients).sort());
      for (const [name, digest] of Object.entries(expected.gradients)) {
        const parameter = parameters[name]!;
        expectDigest(tolerance, grads[parameter.name] ?? zerosLike(parameter), digest, name);
      }
      pass?.dispose();
    });
    model.dispose();
  });
};

onEngines(['wasm', 'native'], (engine) => {
  beforeAll(async () => {
    tolerance = engine === 'native' ? 2e-4 : 5e-5;
    await start(engine);
  });

  describe.each(['resnet18', 'vit'])('%s', parity);
});
