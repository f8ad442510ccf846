/*
 * Parameters, MFLOP and images per second of every preset on 96×96 patches:
 *
 *     node --conditions=@pcam/source --import=tsx bench/models.ts [engine]
 */
import { type EngineName, useEngine } from '@pcam/engine';
import {
  mean,
  randomUniform,
  type Scalar,
  softplus,
  type Tensor4D,
  tidy,
  variableGrads,
} from '@tensorflow/tfjs-core';
import {
  type CreateModelOptions,
  countFlops,
  countParameters,
  createModel,
  modelNames,
  presetNames,
} from '../src/index.js';

const repeats = 3;

async function imagesPerSecond(batch: number, work: () => Promise<unknown>): Promise<string> {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i <= repeats; i++) {
    const start = performance.now();
    await work();
    if (i > 0) best = Math.min(best, performance.now() - start); // the first one warms up
  }
  return ((1000 * batch) / best).toFixed(0);
}

console.log(await useEngine((process.argv[2] ?? 'wasm') as EngineName));
for (const name of modelNames) {
  for (const preset of presetNames(name)) {
    const model = createModel({ name, preset } as CreateModelOptions);
    const parameters = countParameters(model);
    const batch = parameters > 5e6 ? 8 : 32;
    const images = randomUniform([batch, 96, 96, 3]) as Tensor4D;
    const variables = [...model.variables.values()].filter((variable) => variable.trainable);
    const forward = async (): Promise<void> => {
      const logits = model.forward(images);
      await logits.data();
      logits.dispose();
    };
    const step = async (): Promise<void> => {
      const loss = (): Scalar => mean(softplus(model.forward(images, { training: true, seed: 1 }))) as Scalar;
      const value = tidy(() => variableGrads(loss, variables).value);
      await value.data();
      value.dispose();
    };
    const mflop = ((await countFlops(model, 96, 96)) / 1e6).toFixed(0);
    const speeds = `${await imagesPerSecond(batch, forward)} | ${await imagesPerSecond(batch, step)}`;
    console.log(`| ${name} | ${preset} | ${parameters} | ${mflop} | ${speeds} |`);
    model.dispose();
    images.dispose();
  }
}
