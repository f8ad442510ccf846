import {
  clone,
  engine,
  type GradFunc,
  keep,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
} from '@tensorflow/tfjs-core';

interface TapeNode {
  readonly inputs: NamedTensorMap;
  readonly outputs: readonly Tensor[];
}

type AddTapeNode = (
  name: string,
  inputs: NamedTensorMap,
  outputs: Tensor[],
  gradient: GradFunc | null,
  saved: Tensor[],
  attrs?: NamedAttrMap,
) => void;

type RunKernel = (kernelName: string, inputs: NamedTensorMap, attrs?: NamedAttrMap) => Tensor | Tensor[];

/** What tfjs's engine has of the tape; its type declarations hide it. */
interface Tape {
  addTapeNode: AddTapeNode;
  runKernel: RunKernel;
  readonly state: { readonly activeTape: TapeNode[] };
}

/** In place of the gradient that an op of tfjs brings along, for one that is no kernel. */
export interface OpGradient {
  /** An input to save besides what the op saves, as the last. */
  readonly input?: string;
  /** The kernel that the op runs and whose attributes its gradient needs. */
  readonly kernel?: string;
  readonly gradient: (original: GradFunc, attrs: NamedAttrMap | undefined) => GradFunc;
}

const mended = Symbol.for('@pcam/tfjs-gradients: outputs on the tape');

/**
 * Ties saved outputs to the ops that gave them. For the backward pass tfjs saves clones, and writes the cloning of
 * an op's output on the tape *before* the op: whoever walks the tape from x on does not know yet that the output
 * comes from x, and takes the clone for a constant (tfjs issue #3252). Here the op is put before its clones.
 *
 * @param ops by the name that an op has on the tape, for those whose own gradient does not do.
 * @throws Error where tfjs is built so differently that there is no tape to mend.
 */
export function tieSavedOutputs(ops: Readonly<Record<string, OpGradient>>): void {
  const tape = engine() as unknown as Tape & { [mended]?: true };
  if (tape[mended]) return;
  const { addTapeNode, runKernel } = tape;
  if (typeof addTapeNode !== 'function' || typeof runKernel !== 'function') {
    throw new Error('tfjs keeps its tape otherwise than 4.22 does: install @tensorflow/tfjs-core 4.22.');
  }
  const wanted = new Set(Object.values(ops).map(({ kernel }) => kernel));
  const last = new Map<string, NamedAttrMap | undefined>();
  tape.runKernel = function (this: Tape, kernelName, inputs, attrs) {
    if (wanted.has(kernelName)) last.set(kernelName, attrs);
    return runKernel.call(this, kernelName, inputs, attrs);
  };
  tape.addTapeNode = function (this: Tape, name, inputs, outputs, gradient, saved, attrs) {
    // Of the op's name are the clones too that tfjs makes in it; these have no input '0'.
    const own = inputs['0'] && gradient ? ops[name] : undefined;
    if (own?.input && inputs[own.input]) saved.push(keep(clone(inputs[own.input]!)));
    const chosen = own ? own.gradient(gradient!, last.get(own.kernel ?? '')) : gradient;
    addTapeNode.call(this, name, inputs, outputs, chosen, saved, attrs);
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
