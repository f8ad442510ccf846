import * as tf from '@tensorflow/tfjs';

type Weights = Readonly<
  Record<string, { shape: readonly number[]; values: readonly number[]; dtype?: 'int32' }>
>;

const float = { T: { type: 'DT_FLOAT' } };
const convolution = {
  ...float,
  strides: { list: { i: ['1', '1', '1', '1'] } },
  dilations: { list: { i: ['1', '1', '1', '1'] } },
  padding: { s: btoa('SAME') },
  data_format: { s: btoa('NHWC') },
};

/** [name, op, inputs], as in a TensorFlow GraphDef, with attributes beyond those below. */
export type GraphNode = readonly [name: string, op: string, inputs: readonly string[], attr?: object];

/** A GraphModel as the converter would write it, without the converter. */
export async function graphModel(
  nodes: readonly GraphNode[],
  weights: Weights,
  input: 'DT_FLOAT' | 'DT_INT32' = 'DT_FLOAT',
): Promise<tf.GraphModel> {
  // A weight that no node reads would count as an output.
  const names = Object.keys(weights).filter((name) => nodes.some(([, , input]) => input.includes(name)));
  const attr = (op: string): object => {
    if (/Conv2D$/.test(op)) return convolution;
    if (op === 'Mean') return { ...float, Tidx: { type: 'DT_INT32' }, keep_dims: { b: false } };
    if (/MatMul$/.test(op)) return { ...float, transpose_a: { b: false }, transpose_b: { b: false } };
    return float;
  };
  const bytes = names.map((name) => {
    const { values, dtype } = weights[name]!;
    return new Uint8Array((dtype ? new Int32Array(values) : new Float32Array(values)).buffer);
  });
  const artifacts: tf.io.ModelArtifacts = {
    format: 'graph-model',
    modelTopology: {
      node: [
        {
          name: 'image',
          op: 'Placeholder',
          attr: {
            dtype: { type: input },
            shape: { shape: { dim: [{ size: '-1' }, { size: '-1' }, { size: '-1' }, { size: '1' }] } },
          },
        },
        ...names.map((name) => ({
          name,
          op: 'Const',
          attr: { dtype: { type: weights[name]!.dtype ? 'DT_INT32' : 'DT_FLOAT' } },
        })),
        ...nodes.map(([name, op, input, more]) => ({ name, op, input, attr: { ...attr(op), ...more } })),
      ],
      library: {},
      versions: { producer: 27 },
    },
    weightSpecs: names.map((name) => ({
      name,
      shape: [...weights[name]!.shape],
      dtype: weights[name]!.dtype ?? 'float32',
    })),
    weightData: new Uint8Array(bytes.flatMap((part) => [...part])).buffer,
  };
  return await tf.loadGraphModel({ load: async () => artifacts });
}

/** Attributes of a node that adds a bias and squashes in one go, as the converter makes them. */
export const fused = (...ops: string[]): object => ({
  fused_ops: { list: { s: ops.map((op) => btoa(op)) } },
  num_args: { i: 1 },
  epsilon: { f: 0 },
});
