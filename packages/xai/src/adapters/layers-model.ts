import { tidy } from '@tensorflow/tfjs-core';
import type { Explainable, Layer } from '../explainable.js';
import { type LayersModelLike, listCalls, runCalls, withoutFinalActivation } from './layers-graph.js';

export interface FromLayersModelOptions {
  /**
   * The layers to explain. Default: every layer whose output is a map `[B, h, w, C]` of more
   * than one cell. Describe token layers here; a name alone means a map.
   */
  readonly layers?: ReadonlyArray<string | Layer>;
  /** Which of several outputs is explained. Default 0. */
  readonly output?: number;
  /**
   * Leave out a sigmoid or softmax at the very end, so that forward returns logits, on
   * which Grad-CAM is defined (the gradient of a saturated probability vanishes). Default true.
   */
  readonly logits?: boolean;
}

/**
 * Makes a tfjs LayersModel explainable: functional models with branches, merges and
 * nested models, and Sequential. Its layers run one by one in inference mode, in the
 * order of the model's graph; masks are not passed on. A layer in a nested model is named
 * `nested/layer`, the second call of a shared layer `layer#2`.
 *
 * @throws Error for a model that is not built, has several inputs, or lacks a named layer
 *   (the message lists the layers).
 */
export function fromLayersModel(model: LayersModelLike, options: FromLayersModelOptions = {}): Explainable {
  const name = `LayersModel '${model.name}'`;
  if (!(model.outputs?.length > 0)) {
    throw new Error(`${name} is not built: give its first layer an inputShape.`);
  }
  if (model.inputs.length !== 1) {
    throw new Error(`${name} has ${model.inputs.length} inputs; only models of one image are explained.`);
  }
  const output = model.outputs[options.output ?? 0];
  if (!output)
    throw new Error(`${name} has ${model.outputs.length} outputs, none with index ${options.output}.`);

  const all = listCalls(model, output);
  const calls = (options.logits ?? true) ? withoutFinalActivation(all) : all;
  const layers =
    options.layers?.map(
      (layer): Layer => (typeof layer === 'string' ? { name: layer, kind: 'map' } : layer),
    ) ??
    calls.calls.filter(({ shape }) => isMap(shape)).map((call): Layer => ({ name: call.name, kind: 'map' }));
  for (const layer of layers) {
    if (calls.calls.some((call) => call.name === layer.name)) continue;
    throw new Error(
      `${name} has no layer '${layer.name}'; it has: ${calls.calls.map((call) => call.name).join(', ')}.`,
    );
  }
  return {
    layers,
    forward: (images, { tap } = {}) => tidy(() => runCalls(calls, images, tap)),
  };
}

/** Unknown sizes (null) may hold more than one cell. */
function isMap(shape: ReadonlyArray<number | null>): boolean {
  return shape.length === 4 && (shape[1] !== 1 || shape[2] !== 1);
}
