import { tidy } from '@tensorflow/tfjs-core';
import { checkOptions } from '../check-options.js';
import { XaiError } from '../errors.js';
import type { Explainable, Layer } from '../explainable.js';
import { describeLayers } from './describe-layers.js';
import { type Call, type LayersModelLike, listCalls, runCalls } from './layers-graph.js';
import { withoutFinalActivation } from './layers-logits.js';
import { requireKind } from './require-model.js';

/** Of {@link fromLayersModel}. */
export interface FromLayersModelOptions {
  /**
   * The layers to explain. Default: every layer whose output is a map `[B, h, w, C]` of more
   * than one cell. Describe token layers here; a name alone means a map.
   */
  readonly layers?: ReadonlyArray<string | Layer>;
  /** Which of several outputs is explained. Default 0. */
  readonly output?: number;
  /**
   * Leave out the sigmoid or softmax (hard sigmoid, log-softmax) that makes the output, so that forward returns
   * logits, on which Grad-CAM is defined (the gradient of a saturated probability vanishes). It is found as a layer or
   * as a layer's activation, behind layers that keep values too (reshape, flatten, dropout), in nested models too; not
   * where its values are computed with (a mean of probabilities, say), nor in layers of your own: there, as with
   * false, what the model returns is explained. Default true.
   */
  readonly logits?: boolean;
}

/**
 * Makes a tfjs LayersModel explainable: functional models with branches, merges and
 * nested models, and Sequential. Its layers run one by one in inference mode, in the
 * order of the model's graph; masks are not passed on. A layer in a nested model is named
 * `nested/layer`, the second call of a shared layer `layer#2`.
 *
 * @throws XaiError for a model that is not built, not awaited, channels first, has several inputs, or lacks a named
 *   layer (the message lists the layers), and for unknown options.
 */
export function fromLayersModel(model: LayersModelLike, options: FromLayersModelOptions = {}): Explainable {
  requireKind('fromLayersModel', 'LayersModel', model);
  checkOptions<FromLayersModelOptions>('fromLayersModel', options, {
    layers: true,
    output: true,
    logits: true,
  });
  const name = `LayersModel '${model.name}'`;
  if (!(model.outputs?.length > 0)) {
    throw new XaiError('model', `${name} is not built: give its first layer an inputShape.`);
  }
  if (model.inputs.length !== 1) {
    throw new XaiError(
      'model',
      `${name} has ${model.inputs.length} inputs; only models of one image are explained.`,
    );
  }
  const output = model.outputs[options.output ?? 0];
  if (!output)
    throw new XaiError(
      'option',
      `${name} has ${model.outputs.length} outputs, none with index ${options.output}.`,
    );

  const all = listCalls(model, output);
  requireChannelsLast(name, all.calls);
  const calls = (options.logits ?? true) ? withoutFinalActivation(all) : all;
  const layers = options.layers
    ? describeLayers('fromLayersModel', options.layers)
    : calls.calls
        .filter(({ shape }) => isMap(shape))
        .map((call): Layer => ({ name: call.name, kind: 'map' }));
  for (const layer of layers) {
    if (calls.calls.some((call) => call.name === layer.name)) continue;
    throw new XaiError(
      'layer',
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

function requireChannelsLast(name: string, calls: readonly Call[]): void {
  const first = calls.find(({ layer }) => (layer as { dataFormat?: string }).dataFormat === 'channelsFirst');
  if (!first) return;
  throw new XaiError(
    'model',
    `${name} is channels first (layer '${first.name}'); explained are models of images [B, H, W, C]: build it with dataFormat 'channelsLast', which takes the same weights.`,
  );
}
