import { XaiError } from '../errors.js';
/** A node of a GraphModel's graph, as far as it is needed here (tfjs-converter's Node). */
export interface GraphNode {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly GraphNode[];
  /** With the number of the input's output where that is not the first, as in `split:1`. */
  readonly inputNames: readonly string[];
  readonly attrParams: Record<string, { readonly value?: unknown } | undefined>;
}

export type GraphNodes = Readonly<Record<string, GraphNode>>;

/** The graph is not in GraphModel's public types, but there in every 4.x. */
export function graphNodes(model: object): GraphNodes {
  const { executor } = model as { executor?: { graph?: { nodes?: GraphNodes } } };
  const nodes = executor?.graph?.nodes;
  if (!nodes)
    throw new XaiError(
      'model',
      'This is no GraphModel with a loaded graph: load it with loadGraphModel of tfjs 4.',
    );
  return nodes;
}

/** @param output a node's name, perhaps with the number of its output, as in `split:1`. */
export function nodeOf(output: string, nodes: GraphNodes): GraphNode {
  const node = nodes[output] ?? nodes[output.replace(/:\d+$/, '')];
  if (!node)
    throw new XaiError('option', `The GraphModel has no output '${output}': name a node of its graph.`);
  return node;
}

/** The nodes that `last` needs, each after its inputs. */
export function upTo(last: GraphNode): GraphNode[] {
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

/** @throws XaiError where a node counts its axes as batch, channels, rows, columns. */
export function requireChannelsLast(order: readonly GraphNode[]): void {
  const node = order.find(({ attrParams }) => /^nch?w$/i.test(String(attrParams?.dataFormat?.value)));
  if (!node) return;
  throw new XaiError(
    'model',
    `The GraphModel is channels first (NCHW at node '${node.name}'); explained are models of images [B, H, W, C]: convert it with data_format NHWC.`,
  );
}
