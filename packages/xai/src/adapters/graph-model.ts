import { type NamedTensorMap, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { Explainable, Layer } from '../explainable.js';

/** tfjs-converter's GraphModel, by structure: any copy of tfjs will do. */
export interface GraphModelLike {
  readonly inputs: ReadonlyArray<{ readonly name: string }>;
  readonly outputs: ReadonlyArray<{ readonly name: string }>;
  execute(inputs: NamedTensorMap, outputs: string): Tensor | Tensor[];
}

export interface FromGraphModelOptions {
  /**
   * The nodes to explain, in any order. Default: every convolution. Describe token
   * layers here; a name alone means a map.
   */
  readonly layers?: ReadonlyArray<string | Layer>;
  /**
   * The node whose output is explained: logits. Default: the model's first output, or
   * what goes into it where it is a sigmoid or softmax.
   */
  readonly output?: string;
}

interface GraphNode {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly GraphNode[];
}

/**
 * Makes a tfjs GraphModel explainable. GraphModel.execute accepts a value for any node,
 * so the graph runs from one tapped node to the next, each value being fed back in.
 *
 * @throws Error for a model with several inputs or without a named node (the message lists
 *   the convolutions).
 */
export function fromGraphModel(model: GraphModelLike, options: FromGraphModelOptions = {}): Explainable {
  const [input, ...more] = model.inputs;
  if (!input || more.length > 0) {
    throw new Error(
      `The GraphModel has ${model.inputs.length} inputs; only models of one image are explained.`,
    );
  }
  const nodes = graphNodes(model);
  const output = options.output ?? logitsNode(model, nodes);
  const order = upTo(output, nodes);
  const convolutions = order.filter(({ op }) => /conv2d/i.test(op)).map(({ name }) => name);
  const unknown = (name: string): Error =>
    new Error(
      `The GraphModel has no node '${name}' before '${output}'; its convolutions: ${convolutions.join(', ')}.`,
    );

  const described = new Map(
    (options.layers ?? convolutions).map((layer): [string, Layer] =>
      typeof layer === 'string' ? [layer, { name: layer, kind: 'map' }] : [layer.name, layer],
    ),
  );
  for (const name of described.keys()) {
    if (!order.some((node) => node.name === name)) throw unknown(name);
  }
  // From input to output, so that no later run passes by a tapped node.
  const layers = order.flatMap(({ name }) => described.get(name) ?? []);
  const run = (values: NamedTensorMap, node: string): Tensor => [model.execute(values, node)].flat()[0]!;
  return {
    layers,
    forward: (images, { tap } = {}) =>
      tidy(() => {
        const values: NamedTensorMap = { [input.name]: images };
        if (tap) for (const { name } of layers) values[name] = tap(name, run(values, name));
        return run(values, output);
      }),
  };
}

/** The graph is not in GraphModel's public types, but there in every 4.x. */
function graphNodes(model: GraphModelLike): Readonly<Record<string, GraphNode>> {
  const { executor } = model as { executor?: { graph?: { nodes?: Readonly<Record<string, GraphNode>> } } };
  const nodes = executor?.graph?.nodes;
  if (!nodes)
    throw new Error('This is no GraphModel with a loaded graph: load it with loadGraphModel of tfjs 4.');
  return nodes;
}

function logitsNode(model: GraphModelLike, nodes: Readonly<Record<string, GraphNode>>): string {
  const name = model.outputs[0]!.name;
  let node = nodes[name];
  while (node?.op === 'Identity') node = node.inputs[0];
  return node?.op === 'Sigmoid' || node?.op === 'Softmax' ? node.inputs[0]!.name : name;
}

/** The nodes that `output` needs, each after its inputs. */
function upTo(output: string, nodes: Readonly<Record<string, GraphNode>>): GraphNode[] {
  const last = nodes[output];
  if (!last) throw new Error(`The GraphModel has no output '${output}': name a node of its graph.`);
  const seen = new Set<GraphNode>();
  const order: GraphNode[] = [];
  const visit = (node: GraphNode): void => {
    if (seen.has(node)) return;
    seen.add(node);
    node.inputs.forEach(visit);
    order.push(node);
  };
  visit(last);
  return order;
}
