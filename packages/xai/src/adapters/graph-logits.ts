import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import { XaiError } from '../errors.js';
import { type GraphNode, type GraphNodes, nodeOf } from './graph-nodes.js';

/** Ops that turn scores into probabilities or their logarithm. */
const SQUASHING = ['Sigmoid', 'Softmax', 'LogSoftmax'];

/** Ops that hand on the values that come in, or some of them, in whatever shape. */
const KEEPING = [
  'Identity',
  'StopGradient',
  'Snapshot',
  'Reshape',
  'Squeeze',
  'ExpandDims',
  'Transpose',
  'Slice',
  'StridedSlice',
  'Cast',
];

/** Ops from whose values no gradient leads back to scores. */
const CHOOSING =
  /^(ArgMax|ArgMin|Round|Rint|Floor|Ceil|Sign|Greater|GreaterEqual|Less|LessEqual|Equal|NotEqual)$/;

/** Runs the graph from the given values to a node. */
type Run = (values: NamedTensorMap, node: string) => Tensor;

/** The last op that does more than hand values on. */
function lastOp(output: string, nodes: GraphNodes): GraphNode {
  let node = nodeOf(output, nodes);
  while (KEEPING.includes(node.op) && node.inputs[0] && !castsToInteger(node)) node = node.inputs[0];
  return node;
}

/** @param others the model's outputs, to choose from. @throws XaiError for an output that holds choices, not scores. */
export function requireScores(output: string, nodes: GraphNodes, others: readonly string[]): void {
  const last = lastOp(output, nodes);
  if (!CHOOSING.test(last.op) && !castsToInteger(last)) return;
  const { op, inputs } = last;
  const rest = others.filter((name) => name !== output && !isChoice(name, nodes));
  const names = rest.length > 0 ? rest : inputs.slice(0, 1).map(({ name }) => name);
  throw new XaiError(
    'model',
    `The GraphModel's output '${output}' comes from ${op}, from which no gradient leads back: name the scores by output: ${names.map((name) => `'${name}'`).join(' or ')}.`,
  );
}

function isChoice(output: string, nodes: GraphNodes): boolean {
  const last = lastOp(output, nodes);
  return CHOOSING.test(last.op) || castsToInteger(last);
}

function castsToInteger({ op, attrParams }: GraphNode): boolean {
  return op === 'Cast' && /^(int|uint|bool)/.test(String(attrParams.dtype?.value));
}

/** How an output is computed as scores. */
interface Scores {
  /** @param values of nodes, the image among them. */
  of(values: NamedTensorMap): Tensor;
  /** All runs of one forward pass happen within this. */
  within<T>(forward: () => T): T;
}

/** `output` as it is. */
export function asItIs(output: string, run: Run): Scores {
  return { of: (values) => run(values, output), within: (forward) => forward() };
}

/** `output` without the sigmoid or softmax that makes it; as it is where there is none. */
export function beforeActivation(output: string, nodes: GraphNodes, run: Run): Scores {
  const last = lastOp(output, nodes);
  const plain = asItIs(output, run);
  if (SQUASHING.includes(last.op)) {
    const scores = last.inputNames[0]!;
    if (last === nodeOf(output, nodes)) return asItIs(scores, run);
    // The graph goes on with the scores in the place of the probabilities.
    return { ...plain, of: (values) => run({ ...values, [last.name]: run(values, scores) }, output) };
  }
  const fused = last.attrParams.fusedOps?.value;
  if (!Array.isArray(fused) || fused.at(-1) !== 'sigmoid') return plain;
  // A fused activation has no node of its own: it is left out while the graph runs, which is in one go.
  const within = <T>(forward: () => T): T => {
    const own = last.attrParams.fusedOps;
    last.attrParams.fusedOps = { ...own, value: fused.slice(0, -1) };
    try {
      return forward();
    } finally {
      last.attrParams.fusedOps = own;
    }
  };
  return { ...plain, within };
}
