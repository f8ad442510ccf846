import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { difference, finiteDifferenceCam } from '../../test/helpers/finite-difference.js';
import { fused, type GraphNode, graphModel } from '../../test/helpers/graph-model.js';
import { gradCam } from '../attributions/grad-cam.js';
import { fromGraphModel } from './graph-model.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** relu(x), relu(−x) → mean → 1, 2 → sigmoid: the map is (relu(x) + 2 relu(−x)) / Z. */
const signs = () =>
  graphModel(
    [
      ['conv', 'Conv2D', ['image', 'kernel']],
      ['relu', 'Relu', ['conv']],
      ['pool', 'Mean', ['relu', 'axes']],
      ['logit', 'MatMul', ['pool', 'dense']],
      ['probability', 'Sigmoid', ['logit']],
      ['out', 'Identity', ['probability']],
    ],
    {
      kernel: { shape: [1, 1, 1, 2], values: [1, -1] },
      dense: { shape: [2, 1], values: [1, 2] },
      axes: { shape: [2], values: [1, 2], dtype: 'int32' },
    },
  );

/** A skip connection around the layer: y = mean(conv2(relu(conv1 x)) + conv1 x)². */
const skip = () =>
  graphModel(
    [
      ['conv1', 'Conv2D', ['image', 'kernel1']],
      ['relu1', 'Relu', ['conv1']],
      ['conv2', 'Conv2D', ['relu1', 'kernel2']],
      ['sum', 'AddV2', ['conv2', 'conv1']],
      ['squared', 'Mul', ['sum', 'sum']],
      ['pool', 'Mean', ['squared', 'axes']],
      ['logits', 'MatMul', ['pool', 'dense']],
    ],
    {
      kernel1: { shape: [1, 1, 1, 2], values: [1, -0.5] },
      kernel2: { shape: [1, 1, 2, 2], values: [0.3, -0.7, 0.9, 0.4] },
      dense: { shape: [2, 2], values: [1, 2, -1, 0.5] },
      axes: { shape: [2], values: [1, 2], dtype: 'int32' },
    },
  );

const pixels = [1, -2, 3, 0.5, -1, 0.25, 2, -3];
const images = () => tf.tensor4d(pixels, [2, 2, 2, 1]);

describe('fromGraphModel', () => {
  it('explains the logit behind a final sigmoid, with the map known by hand', async () => {
    const graph = await signs();
    const model = fromGraphModel(graph, { layers: ['relu'] });
    const map = await gradCam(model, images()).data();
    expect([...map]).toEqual(
      pixels.map((x) => expect.closeTo((Math.max(x, 0) + 2 * Math.max(-x, 0)) / 4, 6)),
    );
  });

  it('lists the convolutions by default, from input to output', async () => {
    expect(fromGraphModel(await skip()).layers).toEqual([
      { name: 'conv1', kind: 'map' },
      { name: 'conv2', kind: 'map' },
    ]);
  });

  it.each(['conv1', 'conv2', 'sum'])(
    'agrees with finite differences at %s, around which a path leads',
    async (layer) => {
      const model = fromGraphModel(await skip(), { layers: ['sum', 'conv2', 'conv1'] });
      const map = gradCam(model, images(), { layer, target: 1 }).dataSync();
      const score = (logits: tf.Tensor) => tf.slice(logits, [0, 1], [-1, 1]);
      expect(difference(map, finiteDifferenceCam(model, images(), { layer, score }).flat())).toBeLessThan(
        1e-3,
      );
    },
  );

  it('gives the graph’s own output, tapped or not', async () => {
    const graph = await skip();
    const model = fromGraphModel(graph);
    const own = (graph.predict(images()) as tf.Tensor).dataSync();
    expect(model.forward(images()).dataSync()).toEqual(own);
    expect(model.forward(images(), { tap: (_, value) => value }).dataSync()).toEqual(own);
  });

  it('leaves no tensor behind', async () => {
    const model = fromGraphModel(await skip());
    const input = images();
    gradCam(model, input, { target: 0 }).dispose();
    const before = tf.memory().numTensors;
    gradCam(model, input, { target: 0 }).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('names the convolutions where a node is unknown, and refuses what is no GraphModel', async () => {
    const graph = await skip();
    expect(() => fromGraphModel(graph, { layers: ['conv9'] })).toThrow(/no node 'conv9'.*conv1, conv2/);
    expect(() => fromGraphModel(graph, { output: 'nothing' })).toThrow(/no output 'nothing'/);
    expect(() =>
      fromGraphModel({ inputs: graph.inputs, outputs: graph.outputs, execute: () => tf.scalar(0) }),
    ).toThrow(/no GraphModel/);
  });

  const weights = {
    kernel: { shape: [1, 1, 1, 2], values: [1, -1] },
    dense: { shape: [2, 2], values: [0, 1, 0, 2] },
    bias: { shape: [2], values: [0.5, -0.25] },
    axes: { shape: [2], values: [1, 2], dtype: 'int32' },
    flat: { shape: [2], values: [-1, 2], dtype: 'int32' },
    cell: { shape: [4], values: [-1, 1, 1, 2], dtype: 'int32' },
    axis: { shape: [], values: [1], dtype: 'int32' },
    from: { shape: [2], values: [0, 0], dtype: 'int32' },
    size: { shape: [2], values: [-1, 2], dtype: 'int32' },
  } as const;
  const body: GraphNode[] = [
    ['conv', 'Conv2D', ['image', 'kernel']],
    ['relu', 'Relu', ['conv']],
    ['pool', 'Mean', ['relu', 'axes']],
  ];
  const dense: GraphNode = ['logits', 'MatMul', ['pool', 'dense']];
  const ends: Record<string, GraphNode[]> = {
    'softmax → reshape': [
      dense,
      ['cells', 'Reshape', ['logits', 'cell']],
      ['probability', 'Softmax', ['cells']],
      ['out', 'Reshape', ['probability', 'flat']],
    ],
    'softmax → squeeze → identity': [
      dense,
      ['cells', 'Reshape', ['logits', 'cell']],
      ['probability', 'Softmax', ['cells']],
      ['squeezed', 'Squeeze', ['probability'], { squeeze_dims: { list: { i: ['1', '2'] } } }],
      ['out', 'Identity', ['squeezed']],
    ],
    'sigmoid → slice → cast': [
      dense,
      ['probability', 'Sigmoid', ['logits']],
      ['sliced', 'Slice', ['probability', 'from', 'size']],
      ['out', 'Cast', ['sliced'], { SrcT: { type: 'DT_FLOAT' }, DstT: { type: 'DT_FLOAT' } }],
    ],
    'log-softmax': [dense, ['out', 'LogSoftmax', ['logits']]],
    'sigmoid fused into a product': [
      ['out', '_FusedMatMul', ['pool', 'dense', 'bias'], fused('BiasAdd', 'Sigmoid')],
    ],
    'sigmoid fused into a product → identity': [
      ['probability', '_FusedMatMul', ['pool', 'dense', 'bias'], fused('BiasAdd', 'Sigmoid')],
      ['out', 'Identity', ['probability']],
    ],
  };

  it.each(Object.keys(ends))('explains the score, not the probability: %s', async (end) => {
    const graph = await graphModel([...body, ...ends[end]!], weights);
    const own = (graph.predict(images()) as tf.Tensor).dataSync();
    const model = fromGraphModel(graph, { layers: ['relu'] });
    const map = await gradCam(model, images(), { target: 1 }).data();
    expect([...map]).toEqual(
      pixels.map((x) => expect.closeTo((Math.max(x, 0) + 2 * Math.max(-x, 0)) / 4, 6)),
    );
    // The user's model goes on as before, and probabilities are there for the asking.
    expect((graph.predict(images()) as tf.Tensor).dataSync()).toEqual(own);
    expect(fromGraphModel(graph, { logits: false }).forward(images()).dataSync()).toEqual(own);
    expect(model.forward(images()).shape).toEqual([2, 2]);
  });

  it('explains the score of a map whose sigmoid is fused into the last convolution', async () => {
    const last: GraphNode = ['out', '_FusedConv2D', ['relu', 'last', 'one'], fused('BiasAdd', 'Sigmoid')];
    const graph = await graphModel([...body.slice(0, 2), last], {
      kernel: weights.kernel,
      last: { shape: [1, 1, 2, 1], values: [1, 2] },
      one: { shape: [1], values: [3] },
    });
    const model = fromGraphModel(graph);
    const scores = pixels.map((x) => expect.closeTo(Math.max(x, 0) + 2 * Math.max(-x, 0) + 3, 5));
    expect([...model.forward(images()).dataSync()]).toEqual(scores);
    expect([...model.forward(images(), { tap: (_, x) => x }).dataSync()]).toEqual(scores);
  });

  it('refuses choices, naming the scores they are made from', async () => {
    const choice: GraphNode = ['choice', 'ArgMax', ['logits', 'axis'], { output_type: { type: 'DT_INT32' } }];
    const alone = await graphModel([...body, dense, choice], weights);
    const refused = (output: string, op: string, names: string) =>
      `The GraphModel's output '${output}' comes from ${op}, from which no gradient leads back: name the scores by output: ${names}.`;
    expect(() => fromGraphModel(alone)).toThrow(refused('choice', 'ArgMax', "'logits'"));
    expect(fromGraphModel(alone, { output: 'logits' }).forward(images()).shape).toEqual([2, 2]);
    const beside = await graphModel(
      [...body, dense, choice, ['scores', 'Softmax', ['logits']], ['out', 'Identity', ['choice']]],
      weights,
    );
    expect(() => fromGraphModel(beside, { output: 'out' })).toThrow(refused('out', 'ArgMax', "'scores'"));
    const cast = { SrcT: { type: 'DT_FLOAT' }, DstT: { type: 'DT_INT32' } };
    const whole = await graphModel([...body, dense, ['whole', 'Cast', ['logits'], cast]], weights);
    expect(() => fromGraphModel(whole)).toThrow(refused('whole', 'Cast', "'logits'"));
  });

  it('refuses a graph that is channels first', async () => {
    const graph = await graphModel(
      [
        ['conv', 'Conv2D', ['image', 'kernel'], { data_format: { s: btoa('NCHW') } }],
        ...body.slice(1),
        dense,
      ],
      weights,
    );
    expect(() => fromGraphModel(graph)).toThrow(
      "The GraphModel is channels first (NCHW at node 'conv'); explained are models of images [B, H, W, C]: convert it with data_format NHWC.",
    );
  });

  it('gives whole numbers to a graph that asks for them', async () => {
    const cast: GraphNode = [
      'float',
      'Cast',
      ['image'],
      { SrcT: { type: 'DT_INT32' }, DstT: { type: 'DT_FLOAT' } },
    ];
    const conv: GraphNode = ['conv', 'Conv2D', ['float', 'kernel']];
    const graph = await graphModel([cast, conv, ...body.slice(1), dense], weights, 'DT_INT32');
    const map = gradCam(fromGraphModel(graph, { layers: ['relu'] }), tf.floor(images()), { target: 1 });
    expect(map.shape).toEqual([2, 2, 2]);
  });

  it('refuses options that it does not read', async () => {
    const graph = await skip();
    expect(() => fromGraphModel(graph, { outputs: 'logits' } as never)).toThrow(
      "fromGraphModel: unknown option 'outputs'; did you mean 'output'?",
    );
  });
});
