import { readFile } from 'node:fs/promises';
import {
  type CreateModelOptions,
  countParameters,
  createModel,
  decodeSafetensors,
  writeWeights,
} from '@pcam/models';
import { gradCam } from '@pcam/xai';
import type { Tensor } from '@tensorflow/tfjs-core';
import { disposeAll } from '../../../packages/training/src/weights.js';
import { EXPLAINED, MODELS } from '../catalogue.js';
import type { Requests } from '../protocol.js';
import type { Evidence } from '../same.js';
import { readData } from './data.js';
import { constraint, lossAndGradients } from './rows.js';

/** Our numbers for the comparison of the two models. */
export async function evidence({
  rows,
  images,
  weight,
  ...files
}: Requests['check']['ask']): Promise<Evidence> {
  const data = await readData(files.data, images);
  const layer = EXPLAINED[files.model];
  const model = createModel({ ...MODELS[files.model], stochasticDepth: 0 } as CreateModelOptions);
  const load = async (): Promise<void> =>
    writeWeights(model, decodeSafetensors(await readFile(files.weights)).tensors);
  await load();
  const values: Record<string, readonly number[]> = {
    logits: await numbers(model.forward(data.images)),
    gradCam: await numbers(gradCam(model, data.images, { layer, rectify: true, resize: false })),
  };
  for (const row of rows) {
    if (row !== 'train' && row !== 'constrained') continue;
    const terms = row === 'constrained' ? [constraint(weight)] : [];
    const { loss, gradNorm, gradients } = await lossAndGradients(model, data, terms, 0);
    disposeAll(gradients);
    values[`${row} loss`] = [loss];
    values[`${row} gradient norm`] = [gradNorm];
    await load(); // training mode moved the running statistics
  }
  const parameters = countParameters(model);
  model.dispose();
  for (const tensor of [data.images, data.labels]) tensor.dispose();
  return { parameters, values };
}

async function numbers(tensor: Tensor): Promise<number[]> {
  const values = [...(await tensor.data())];
  tensor.dispose();
  return values;
}
