import type { Tensor } from '@tensorflow/tfjs-core';
import { XaiError } from '../errors.js';

/** A tensor of a LayersModel's graph, as far as it is needed here (tfjs-layers' SymbolicTensor). */
export interface SymbolicTensorLike {
  readonly sourceLayer: LayerLike;
  readonly inputs: readonly SymbolicTensorLike[];
  readonly callArgs?: object;
  readonly nodeIndex?: number;
  readonly shape: ReadonlyArray<number | null>;
}

/** A layer of tfjs-layers, or a model used as one. */
export interface LayerLike {
  readonly name: string;
  readonly inboundNodes: ReadonlyArray<{ readonly outputTensors: readonly SymbolicTensorLike[] }>;
  /** The kind of layer, e.g. `Conv2D`. */
  getClassName(): string;
}

/** tfjs-layers' LayersModel (and thus Sequential), by structure: any copy of tfjs will do. */
export interface LayersModelLike {
  readonly name: string;
  readonly inputs: readonly SymbolicTensorLike[];
  readonly outputs: readonly SymbolicTensorLike[];
  readonly layers?: readonly LayerLike[];
}

/** One call of one layer. Values live in numbered slots; slot 0 is the image batch. */
export interface Call {
  readonly name: string;
  readonly layer: LayerLike & { apply?(inputs: Tensor[], options: object): Tensor | Tensor[] };
  readonly args: object;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly shape: ReadonlyArray<number | null>;
}

/** The calls that compute one output of a model, in order, nested models taken apart. */
export interface Calls {
  readonly calls: readonly Call[];
  readonly result: number;
}

/** Lists the layer calls behind `output`. The second call of a shared layer is named `layer#2`, and so on. */
export function listCalls(model: LayersModelLike, output: SymbolicTensorLike): Calls {
  const calls: Call[] = [];
  const uses = new Map<string, number>();
  let slots = 1;

  const unfold = (
    container: LayersModelLike,
    outputs: readonly SymbolicTensorLike[],
    inputs: readonly number[],
    prefix: string,
  ): number[] => {
    const known = new Map(container.inputs.map((symbol, index) => [symbol, inputs[index]!]));
    const visit = (symbol: SymbolicTensorLike): number => {
      const slot = known.get(symbol);
      if (slot !== undefined) return slot;
      // A model that is the first layer of a Sequential has no call of its own there: its very tensors are the graph's.
      const first = container.layers?.[0];
      if (first && isModel(first) && first.outputs.includes(symbol)) {
        const results = unfold(first, first.outputs, first.inputs.map(visit), `${prefix}${first.name}/`);
        first.outputs.forEach((output, index) => {
          known.set(output, results[index]!);
        });
        return known.get(symbol)!;
      }
      const layer = symbol.sourceLayer;
      const siblings = layer.inboundNodes[symbol.nodeIndex ?? 0]?.outputTensors;
      if (!siblings || symbol.inputs.length === 0) {
        throw new XaiError(
          'model',
          `Layer '${prefix}${layer.name}' is an input of its own; only models of one image are explained.`,
        );
      }
      const sources = symbol.inputs.map(visit);
      const results = isModel(layer)
        ? unfold(layer, layer.outputs, sources, `${prefix}${layer.name}/`)
        : siblings.map(() => slots++);
      if (!isModel(layer)) {
        const name = prefix + layer.name;
        const use = (uses.get(name) ?? 0) + 1;
        uses.set(name, use);
        calls.push({
          name: use === 1 ? name : `${name}#${use}`,
          layer,
          args: symbol.callArgs ?? {},
          inputs: sources,
          outputs: results,
          shape: symbol.shape,
        });
      }
      siblings.forEach((sibling, index) => {
        known.set(sibling, results[index]!);
      });
      return known.get(symbol)!;
    };
    return outputs.map(visit);
  };

  return { result: unfold(model, [output], [0], '')[0]!, calls };
}

function isModel(layer: LayerLike | LayersModelLike): layer is LayerLike & LayersModelLike {
  return (
    'outputs' in layer && Array.isArray(layer.outputs) && Array.isArray((layer as LayersModelLike).inputs)
  );
}

/** Runs the calls in inference mode. `tap` sees every call with a single output. */
export function runCalls(
  { calls, result }: Calls,
  images: Tensor,
  tap?: (name: string, value: Tensor) => Tensor,
): Tensor {
  const values: Tensor[] = [images];
  for (const { name, layer, args, inputs, outputs } of calls) {
    const given = inputs.map((slot) => values[slot]!);
    const out = [layer.apply!(given, { ...args, training: false })].flat();
    outputs.forEach((slot, index) => {
      values[slot] = out[index]!;
    });
    if (tap && outputs.length === 1) values[outputs[0]!] = tap(name, out[0]!);
  }
  return values[result]!;
}
