import type { Model } from '@pcam/models';
import { createOptimizer, type LossTerm } from '@pcam/training';
import { gradCam } from '@pcam/xai';
import { mean, mul, type Scalar, softplus, sum, type Tensor } from '@tensorflow/tfjs-core';
// The training loop's own step, which the package keeps to itself.
import { computeGradients, type StepGradients } from '../../../packages/training/src/gradients.js';
import { assignWeights, disposeAll, trainable } from '../../../packages/training/src/weights.js';
import { EXPLAINED, type ModelKey, type RowKey, type SETTINGS } from '../catalogue.js';
import type { Data } from './data.js';

export interface PreparedRow {
  /** What is timed. Resolves when its numbers have been computed. */
  step(): Promise<void>;
  /** Of what it made; model and data are the caller's. */
  dispose(): void;
}

/** The mean softplus of the logit's gradient at each pixel, summed over the colours. */
export function constraint(weight: number): LossTerm {
  return ({ pass }) => {
    const slopes = sum(pass.gradient(pass.images), -1);
    return { name: 'constraint', value: mul(mean(softplus(slopes)), weight) as Scalar };
  };
}

export function lossAndGradients(
  model: Model,
  data: Data,
  lossTerms: readonly LossTerm[],
  seed: number,
): Promise<StepGradients> {
  const place = { step: 1, steps: 1, epoch: 1, seeds: [seed] };
  return computeGradients(model, { batches: [data], loss: {}, lossTerms, ...place });
}

export function prepareRow(
  row: RowKey,
  key: ModelKey,
  model: Model,
  data: Data,
  settings: typeof SETTINGS,
): PreparedRow {
  switch (row) {
    case 'train':
      return trainStep(model, data, settings, []);
    case 'constrained':
      return trainStep(model, data, settings, [constraint(1)]);
    case 'inference':
      return stateless(() => model.forward(data.images));
    case 'grad-cam':
      return stateless(() => gradCam(model, data.images, { layer: EXPLAINED[key], rectify: true }));
  }
}

/** As `fit` does it, without clipping: the norm that clipping needs is part of `computeGradients`. */
function trainStep(
  model: Model,
  data: Data,
  { learningRate, weightDecay }: typeof SETTINGS,
  lossTerms: readonly LossTerm[],
): PreparedRow {
  const optimizer = createOptimizer({ name: 'adamw', weightDecay });
  let state = optimizer.init(trainable(model));
  let step = 0;
  return {
    async step() {
      const { gradients } = await lossAndGradients(model, data, lossTerms, step);
      const update = optimizer.update({ parameters: trainable(model), gradients, state, step, learningRate });
      assignWeights(model, update.parameters);
      for (const used of [update.parameters, gradients, state]) disposeAll(used);
      state = update.state;
      step++;
      // Engines on a device compute after the call returns; what was asked for last is ready last.
      await Object.values(state).at(-1)!.data();
    },
    dispose: () => disposeAll(state),
  };
}

function stateless(compute: () => Tensor): PreparedRow {
  return {
    async step() {
      const result = compute();
      await result.data();
      result.dispose();
    },
    dispose() {},
  };
}
