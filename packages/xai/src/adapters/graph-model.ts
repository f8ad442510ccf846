import { cast, type NamedTensorMap, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { checkOptions } from '../check-options.js';
import { XaiError } from '../errors.js';
import type { Explainable, Layer } from '../explainable.js';
import { describeLayers } from './describe-layers.js';
import { asItIs, beforeActivation, requireScores } from './graph-logits.js';
import { graphNodes, nodeOf, requireChannelsLast, upTo } from './graph-nodes.js';
import { requireKind } from './require-model.js';

/** tfjs-converter's GraphModel, by structure: any copy of tfjs will do. */
export interface GraphModelLike {
  readonly inputs: ReadonlyArray<{ readonly name: string; readonly dtype?: string }>;
  readonly outputs: ReadonlyArray<{ readonly name: string }>;
  /** Runs the graph from named tensors to a node. */
  execute(inputs: NamedTensorMap, outputs: string): Tensor | Tensor[];
}

/** Of {@link fromGraphModel}. */
export interface FromGraphModelOptions {
  /**
   * The nodes to explain, in any order. Default: every convolution. Describe token
   * layers here; a name alone means a map.
   */
  readonly layers?: ReadonlyArray<string | Layer>;
  /** The node whose output is explained. Default: the model's first output. */
  readonly output?: string;
  /**
   * Leave out the sigmoid or softmax (log-softmax) that makes the output, so that forward returns logits. It is found
   * as a node of its own or fused into a convolution or product, behind nodes that keep values too (identity, reshape,
   * squeeze, slice); not where its values are computed with, nor where it was converted to other ops: there, name the
   * node of the scores as output. With false, what the model returns is explained. Default true.
   */
  readonly logits?: boolean;
}

/**
 * Makes a tfjs GraphModel explainable. GraphModel.execute accepts a value for any node,
 * so the graph runs from one tapped node to the next, each value being fed back in.
 *
 * @throws XaiError for a model that is not awaited, has several inputs, is channels first, lacks a named node (the message
 *   lists the convolutions) or whose output holds choices, not scores (an arg max), and for unknown options.
 */
export function fromGraphModel(model: GraphModelLike, options: FromGraphModelOptions = {}): Explainable {
  requireKind('fromGraphModel', 'GraphModel', model);
  checkOptions<FromGraphModelOptions>('fromGraphModel', options, {
    layers: true,
    output: true,
    logits: true,
  });
  const nodes = graphNodes(model);
  const [input, ...more] = model.inputs;
  if (!input || more.length > 0) {
    throw new XaiError(
      'model',
      `The GraphModel has ${model.inputs.length} inputs; only models of one image are explained.`,
    );
  }
  const output = options.output ?? model.outputs[0]!.name;
  const order = upTo(nodeOf(output, nodes));
  requireChannelsLast(order);
  const outputs = model.outputs.map(({ name }) => name);
  requireScores(output, nodes, outputs);
  const convolutions = order.filter(({ op }) => /conv2d/i.test(op)).map(({ name }) => name);
  const unknown = (name: string): XaiError =>
    new XaiError(
      'layer',
      `The GraphModel has no node '${name}' before '${output}'; its convolutions: ${convolutions.join(', ')}.`,
    );

  const listed = describeLayers('fromGraphModel', options.layers ?? convolutions);
  const described = new Map(listed.map((layer): [string, Layer] => [layer.name, layer]));
  for (const name of described.keys()) {
    if (!order.some((node) => node.name === name)) throw unknown(name);
  }
  // From input to output, so that no later run passes by a tapped node.
  const layers = order.flatMap(({ name }) => described.get(name) ?? []);
  const run = (values: NamedTensorMap, node: string): Tensor => [model.execute(values, node)].flat()[0]!;
  const scores = (options.logits ?? true) ? beforeActivation(output, nodes, run) : asItIs(output, run);
  return {
    layers,
    forward: (images, { tap } = {}) =>
      tidy(() =>
        scores.within(() => {
          // Images are float32 here; a graph that casts them itself wants them whole.
          const given = input.dtype === 'int32' ? cast(images, 'int32') : images;
          const values: NamedTensorMap = { [input.name]: given };
          if (tap) for (const { name } of layers) values[name] = tap(name, run(values, name));
          return scores.of(values);
        }),
      ),
  };
}
