import { type Model, SMALLEST_SIDE, type Weighted } from '@pcam/models';
import { describeValue, isPromise } from '@pcam/options';
import { checkDataset, type Dataset, type Loader } from '@pcam/pcam-data';

/**
 * What is handed in whole: a model and loaders. What they give is checked batch by batch (`batch.ts`).
 *
 * @throws Error naming what was given instead, and what to do.
 */
export function checkModel(
  where: string,
  model: Weighted & { readonly forward: unknown },
  learns: boolean,
): void {
  if (isPromise(model)) throw new Error(`${where}: model is a promise; await it`);
  const shape = '{ config, layers, stride, variables, forward, dispose }, as createModel gives it';
  if (typeof model === 'function') throw new Error(`${where}: model is a function; give a model: ${shape}`);
  const keras = model as unknown as { readonly apply?: unknown; readonly trainableWeights?: unknown } | null;
  if (typeof keras?.apply === 'function' && Array.isArray(keras.trainableWeights)) {
    throw new Error(
      `${where}: model is a LayersModel; wrap it into ${shape}, whose forward(images, { training }) calls model.apply(images, { training }) and reshapes to [B]`,
    );
  }
  if (typeof model?.forward !== 'function') {
    throw new Error(`${where}: model must be ${shape}, got ${describeValue(model)}`);
  }
  if (!learns) return;
  if (!(model.variables instanceof Map)) {
    throw new Error(
      `${where}: the model's variables must be a Map of tfjs variables by name, got ${describeValue(model.variables)}`,
    );
  }
  if (![...model.variables.values()].some((variable) => variable.trainable)) {
    throw new Error(`${where}: none of the model's ${model.variables.size} variables is trainable`);
  }
}

/** @throws as {@link checkModel}; and where labels of the data set are not 0 or 1 each. */
export function checkLoader(where: string, key: string, loader: Loader): void {
  const call = `createLoader(dataset, { batchSize: 32${key === 'data' ? ', shuffle: true' : ''} })`;
  if (isPromise(loader)) throw new Error(`${where}: ${key} is a promise; await it`);
  if (typeof (loader as unknown as Dataset | undefined)?.read === 'function') {
    throw new Error(`${where}: ${key} is a data set; give a loader of it: ${call}`);
  }
  if (typeof loader?.epoch !== 'function' || !loader.dataset) {
    throw new Error(`${where}: ${key} must be a loader, ${call}, got ${describeValue(loader)}`);
  }
  checkDataset(where, loader.dataset);
}

/** @throws Error in one line where the patches of a data set cannot go through the model. */
export function checkPatches(model: Model, dataset: Pick<Dataset, 'name' | 'height' | 'width'>): void {
  const { name, height, width } = dataset;
  const { stride, smallestSide = SMALLEST_SIDE } = model;
  const fits = (side: number): boolean => side % stride === 0 && side >= smallestSide;
  if (fits(height) && fits(width)) return;
  throw new Error(
    `${name} has patches of ${height}×${width}; ${model.config.name} takes multiples of ${stride} from ${smallestSide} on`,
  );
}
