import { XaiError } from '../errors.js';

/** What people hand over in the place of an explainable model, and what to do with each. */
const ADAPTERS = {
  promise: 'a promise: await it, as in await tf.loadLayersModel(…) or tf.loadGraphModel(…)',
  LayersModel: 'a LayersModel: pass fromLayersModel(model)',
  GraphModel: 'a GraphModel: pass fromGraphModel(model)',
  function: 'a function: pass fromFunction(model)',
};

/** @throws XaiError for what has no forward pass, naming the adapter that it needs. */
export function requireModel(model: unknown): void {
  if (isObject(model) && typeof model.forward === 'function') return;
  const kind = kindOf(model);
  const what = kind === undefined ? 'no model: it has no forward(images, { tap })' : ADAPTERS[kind];
  throw new XaiError('model', `The model is ${what}.`);
}

/**
 * @param adapter that was called, with what it takes.
 * @throws XaiError where the model belongs to another adapter, or has not been awaited.
 */
export function requireKind(
  adapter: 'fromLayersModel' | 'fromGraphModel' | 'fromFunction',
  wanted: keyof typeof ADAPTERS,
  model: unknown,
): void {
  const kind = kindOf(model);
  if (kind === wanted) return;
  if (kind !== undefined) throw new XaiError('model', `${adapter}: the model is ${ADAPTERS[kind]}.`);
  if (typeof model === 'string' && wanted !== 'function') {
    throw new XaiError(
      'model',
      `${adapter}: the model is '${model}': load it first, with await tf.load${wanted}(…).`,
    );
  }
  if (!isObject(model)) throw new XaiError('model', `${adapter}: the model is ${model}.`);
  if (typeof model.forward !== 'function') return;
  throw new XaiError('model', `${adapter}: the model is explainable already: pass it as it is.`);
}

function kindOf(model: unknown): keyof typeof ADAPTERS | undefined {
  if (typeof model === 'function') return 'function';
  if (!isObject(model)) return undefined;
  if (typeof model.then === 'function') return 'promise';
  // Its models have an `execute` too.
  if (typeof model.getClassName === 'function' && 'outputs' in model) return 'LayersModel';
  if (typeof model.execute === 'function') return 'GraphModel';
  return undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
