/*
 * What a constrained training step costs beside a plain one (forward pass, loss, every gradient), and whether memory
 * stays flat. Steps take turns, plain and constrained, so that a machine that slows down slows both.
 *
 *   node --conditions=@pcam/source --import=tsx bench/constraint.ts [model or preset] [side] [batch] [rounds]
 */
import { useEngine } from '@pcam/engine';
import { type CreateModelOptions, createModel } from '@pcam/models';
import {
  add,
  mean,
  memory,
  mul,
  randomUniform,
  type Scalar,
  softplus,
  sub,
  type Tensor1D,
  type Tensor4D,
  tensor1d,
  tidy,
  type Variable,
  variableGrads,
} from '@tensorflow/tfjs-core';
import {
  type AttributionConstraintOptions,
  attributionConstraint,
  type Forward,
  recordPass,
} from '../src/index.js';

const MODELS: Readonly<Record<string, CreateModelOptions>> = {
  cnn: { name: 'cnn' },
  'cnn-fine': { name: 'cnn', preset: 'cnn-fine', headBias: false },
  fcn: { name: 'fcn', headBias: false },
  resnet18: { name: 'resnet', preset: 'resnet18' },
  vit: { name: 'vit' },
};

const CONSTRAINTS: Readonly<Record<string, AttributionConstraintOptions>> = {
  gradCam: { attribution: 'gradCam' },
  inputGradient: { attribution: 'inputGradient', scale: 'rms' },
  gradientTimesInput: { attribution: 'gradientTimesInput', scale: 'rms' },
  'expectedGradients, 1 draw': { attribution: 'expectedGradients', scale: 'rms' },
  'integratedGradients, 2 steps': { attribution: { name: 'integratedGradients', steps: 2 }, scale: 'rms' },
  'inputGradient + gradCam': { attribution: [{ name: 'inputGradient' }, { name: 'gradCam' }], scale: 'rms' },
  'gradCam by ratio': { attribution: 'gradCam', weight: { ratio: 0.3 } },
};

const [name = 'cnn', side = '96', batch = '32', rounds = '9'] = process.argv.slice(2);
const engine = await useEngine('auto');
const model = createModel(MODELS[name]!);
const variables = [...model.variables.values()].filter(({ trainable }) => trainable) as Variable[];
const parameters = Object.fromEntries([...model.variables].filter(([, { trainable }]) => trainable));
const images = randomUniform([Number(batch), Number(side), Number(side), 3], 0, 1) as Tensor4D;
const labels = tensor1d(Array.from({ length: Number(batch) }, (_, i) => i % 2));
const forward: Forward = (x, options) => model.forward(x, { ...options, training: true, seed: 1 });
const crossEntropyOf = (logits: Tensor1D): Scalar => mean(sub(softplus(logits), mul(labels, logits)));

function step(constraint?: ReturnType<typeof attributionConstraint>, count = 1): number {
  const start = performance.now();
  tidy(() => {
    const { value } = variableGrads(() => {
      if (!constraint) return crossEntropyOf(model.forward(images, { training: true, seed: 1 }));
      const pass = recordPass(forward, images, { layers: model.layers });
      const crossEntropy = crossEntropyOf(pass.output as Tensor1D);
      const term = constraint({ pass, forward, labels, step: count, crossEntropy, parameters });
      pass.dispose();
      return add<Scalar>(crossEntropy, term.value);
    }, variables);
    value.dataSync();
  });
  return performance.now() - start;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

console.log(
  `${name}, batch ${batch} of ${side}×${side}, ${engine.engine} on ${engine.device}, ${engine.threads} threads`,
);
for (const [label, options] of Object.entries(CONSTRAINTS)) {
  const constraint = attributionConstraint({ centre: 32, ...options });
  for (let i = 1; i <= 2; i++) step(constraint, i) + step();
  const before = memory();
  const ratios: number[] = [];
  const times: number[] = [];
  for (let i = 0; i < Number(rounds); i++) {
    const plain = step();
    const constrained = step(constraint, i + 3);
    times.push(constrained);
    ratios.push(constrained / plain);
  }
  const after = memory();
  const sorted = ratios.toSorted((a, b) => a - b);
  console.log(
    `${label.padEnd(30)} ${median(times).toFixed(0).padStart(6)} ms  ${median(ratios).toFixed(2)}× a plain step (${sorted[0]!.toFixed(2)}–${sorted.at(-1)!.toFixed(2)}); ` +
      `memory: ${after.numTensors - before.numTensors} tensors, ${after.numBytes - before.numBytes} bytes more after ${rounds} steps`,
  );
}
