import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { difference, finiteDifferenceCam } from '../../test/helpers/finite-difference.js';
import { graphModel } from '../../test/helpers/graph-model.js';
import { gradCam } from '../grad-cam.js';
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
});
