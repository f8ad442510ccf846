import { clone, engine, type GradFunc, keep, type NamedTensorMap, type Tensor } from '@tensorflow/tfjs-core';

interface TapeNode {
  readonly inputs: NamedTensorMap;
  readonly outputs: readonly Tensor[];
  readonly saved: Tensor[];
}

type AddTapeNode = (
  kernelName: string,
  inputs: NamedTensorMap,
  outputs: Tensor[],
  gradient: unknown,
  saved: Tensor[],
  attrs: unknown,
) => void;

/** What tfjs's engine has of the tape; its type declarations hide it. */
interface Tape {
  addTapeNode: AddTapeNode;
  readonly state: { readonly activeTape: TapeNode[] };
}

const mended = Symbol.for('@pcam/xai: outputs on the tape');

/** A gradient for an op of tfjs that is no kernel, and the input that it needs besides what the op saves. */
export interface OwnGradient {
  readonly input: string;
  readonly gradFunc: GradFunc;
}

/**
 * Ties saved outputs to the ops that gave them. For the backward pass tfjs saves clones, and writes the cloning of
 * an op's output on the tape *before* the op: whoever walks the tape from x on does not know yet that the output
 * comes from x, and takes the clone for a constant (tfjs issue #3252). Here the op is put before its clones.
 *
 * @param ownGradients by the name that an op has on the tape, for the ops that bring gradients of their own along.
 * @throws Error where tfjs is built so differently that there is no tape to mend.
 */
export function tieSavedOutputs(ownGradients: Readonly<Record<string, OwnGradient>>): void {
  const tape = engine() as unknown as Tape & { [mended]?: true };
  if (tape[mended]) return;
  const original = tape.addTapeNode;
  if (typeof original !== 'function') {
    throw new Error('tfjs keeps its tape otherwise than 4.22 does: install @tensorflow/tfjs-core 4.22.');
  }
  tape.addTapeNode = function addTapeNode(this: Tape, ...node) {
    const [name, inputs, outputs, , saved] = node;
    const own = ownGradients[name];
    if (own && inputs[own.input]) {
      saved.push(keep(clone(inputs[own.input]!)));
      node[3] = own.gradFunc;
    }
    original.apply(this, node);
    if (saved.length > 0) putBeforeClones(this.state.activeTape, outputs, saved.length);
  };
  tape[mended] = true;
}

/** The clones are the last nodes but the op itself, one for each tensor saved. */
function putBeforeClones(nodes: TapeNode[], outputs: readonly Tensor[], clones: number): void {
  const last = nodes.length - 1;
  for (let i = Math.max(last - clones, 0); i < last; i++) {
    const cloned = nodes[i]!.inputs.x;
    if (cloned && outputs.some(({ id }) => id === cloned.id)) {
      nodes.splice(i, 0, nodes.pop()!);
      return;
    }
  }
}
