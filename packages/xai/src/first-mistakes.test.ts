import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { fromFunction } from './adapters/function.js';
import { fromGraphModel } from './adapters/graph-model.js';
import { fromLayersModel } from './adapters/layers-model.js';
import { attributionMap } from './attributions/by-name.js';
import { expectedGradients } from './attributions/expected-gradients.js';
import { type GradCamOptions, gradCam } from './attributions/grad-cam.js';
import { gradientTimesInput } from './attributions/gradient-times-input.js';
import { inputGradient } from './attributions/input-gradient.js';
import { integratedGradients } from './attributions/integrated-gradients.js';
import type { Explainable } from './explainable.js';
import { activationAndGradient } from './pass/activation-gradient.js';
import { recordPass } from './pass/recorded-pass.js';
import { smoothMaps } from './segment/smooth.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const images = (): tf.Tensor4D => tf.ones([2, 6, 6, 3]);

/** A model of so many scores; 1: a single logit, `[B]`. */
const scores = (count: number): Explainable =>
  fromFunction({
    features: (x) => tf.square(x),
    head: (a) => {
      const logit = tf.mean(a, [1, 2, 3]);
      return count === 1 ? logit : tf.stack(new Array(count).fill(logit), 1);
    },
  });

const explaining = (options: object, model = scores(3), x = images()) =>
  expect(() => gradCam(model, x, options as GradCamOptions));

describe('a target', () => {
  it('of a single logit: 0 is the positive class, and a function explains the negative', () => {
    const all = { resize: false };
    const map = gradCam(scores(1), images(), all).arraySync();
    expect(gradCam(scores(1), images(), { ...all, target: 0 }).arraySync()).toEqual(map);
    const negative = gradCam(scores(1), images(), { ...all, target: (y) => tf.neg(y) });
    expect(tf.neg(negative).arraySync()).toEqual(map);
    explaining({ target: 1 }, scores(1)).toThrow(
      'target 1: the model has one logit, index 0, which speaks for the positive class; leave target out, or explain the negative class by target: (y) => neg(y).',
    );
  });

  it('that is one-hot', () => {
    explaining({ target: [0, 1, 0] }).toThrow('target [0,1,0] looks one-hot: pass the index, target: 1.');
    explaining({ target: [[0, 1, 0]] }).toThrow('holds [0,1,0]: pass a class index');
    explaining({ target: tf.tensor1d([0, 1, 0]) }).toThrow('target is a tensor [3]: pass a class index');
    explaining({ target: 'tumour' }).toThrow("target is 'tumour': pass a class index");
  });

  it('as tfjs reads class indices', () => {
    const indices = tf
      .argMax(
        tf.tensor2d([
          [0, 1, 0],
          [0, 0, 1],
        ]),
        1,
      )
      .dataSync();
    expect(gradCam(scores(3), images(), { target: indices }).shape).toEqual([2, 6, 6]);
  });

  it('of what the model has chosen already', () => {
    const chosen = fromFunction({ features: (x) => x, head: (a) => tf.argMax(tf.mean(a, [1, 2]), 1) });
    explaining({ target: (y: tf.Tensor) => y }, chosen).toThrow(
      'The model returned int32 [2], as an arg max does, from which no gradient comes back',
    );
    explaining({ target: (y: tf.Tensor) => tf.argMax(y, 1) }).toThrow(
      'The target returned int32 [2], as an arg max does',
    );
  });

  it.each<[unknown, string]>([
    [undefined, 'undefined'],
    [Promise.resolve(tf.zeros([2])), 'a promise'],
    [[tf.zeros([2])], 'an array'],
    [1, '1'],
  ])('or a model that returns no tensor: %#', (returned, kind) => {
    const model = fromFunction({ features: (x) => x, head: () => returned as tf.Tensor });
    explaining({}, model).toThrow(`The model returned ${kind}; expected a tensor of scores`);
    explaining({ target: () => returned }).toThrow(`The target returned ${kind}; expected a tensor`);
  });
});

describe('images', () => {
  const model = scores(1);
  it.each<[tf.Tensor | undefined, string]>([
    [tf.ones([6, 6, 3]), '[6,6,3]; expected [B, H, W, C]: of one image, pass tf.expandDims(image, 0).'],
    [
      tf.ones([2, 3, 16, 16]),
      '[2,3,16,16]; expected [B, H, W, C], channels last: pass tf.transpose(images, [0, 2, 3, 1]).',
    ],
    [tf.ones([2, 1, 16, 16]), 'channels last'],
    [tf.ones([2, 36]), '[2,36]; expected [B, H, W, C] with at least one image.'],
    [
      tf.ones([1, 6, 6, 3], 'int32'),
      "Images are int32; expected float32 in the range the model was trained on: pass tf.cast(images, 'float32'), divided by 255 for [0, 1].",
    ],
    [undefined, 'Images are no tensor but undefined'],
    [Promise.resolve() as never, 'Images are no tensor but a promise; expected [B, H, W, C]: await it.'],
    [[tf.ones([6, 6, 3])] as never, 'Images are no tensor but an array'],
  ])('%#: %s', (given, message) => {
    const references = tf.zeros<tf.Rank.R4>([1, 6, 6, 3]);
    const expected: typeof gradCam = (of, x) => expectedGradients(of, x, { references });
    for (const attribute of [gradCam, inputGradient, gradientTimesInput, integratedGradients, expected]) {
      expect(() => attribute(model, given as tf.Tensor4D)).toThrow(message);
    }
  });

  it('that are disposed', () => {
    const x = images();
    x.dispose();
    explaining({}, model, x).toThrow('Images are disposed already: explain them before tf.dispose.');
  });

  it.each<[[number, number, number, number]]>([[[2, 3, 3, 8]], [[2, 1, 20, 16]], [[1, 4, 4, 5]]])(
    '%j may be channels last',
    (shape) => {
      expect(inputGradient(model, tf.ones(shape)).shape).toEqual(shape.slice(0, 3));
    },
  );
});

describe('a model', () => {
  const layersModel = tf.sequential({
    layers: [tf.layers.conv2d({ inputShape: [6, 6, 3], filters: 2, kernelSize: 3 })],
  });
  const promise = Promise.resolve(layersModel);
  const graphModel = { inputs: [], outputs: [], execute: () => tf.scalar(0) };
  const whole = (x: tf.Tensor4D): tf.Tensor => tf.mean(x, [1, 2, 3]);

  it.each<[string, unknown, string]>([
    ['a LayersModel', layersModel, 'The model is a LayersModel: pass fromLayersModel(model).'],
    ['a GraphModel', graphModel, 'The model is a GraphModel: pass fromGraphModel(model).'],
    [
      'a promise',
      promise,
      'The model is a promise: await it, as in await tf.loadLayersModel(…) or tf.loadGraphModel(…).',
    ],
    ['a function', whole, 'The model is a function: pass fromFunction(model).'],
    ['nothing', undefined, 'The model is no model: it has no forward(images, { tap }).'],
  ])('that is %s has to be wrapped', (_, model, message) => {
    for (const attribute of [gradCam, inputGradient, activationAndGradient]) {
      expect(() => attribute(model as Explainable, images())).toThrow(message);
    }
  });

  it('goes to its own adapter, awaited', () => {
    expect(() => fromLayersModel(promise as never)).toThrow(
      'fromLayersModel: the model is a promise: await it',
    );
    expect(() => fromGraphModel(promise as never)).toThrow(
      'fromGraphModel: the model is a promise: await it',
    );
    expect(() => fromLayersModel(graphModel as never)).toThrow('a GraphModel: pass fromGraphModel(model).');
    expect(() => fromGraphModel(layersModel as never)).toThrow('a LayersModel: pass fromLayersModel(model).');
    expect(() => fromFunction(layersModel as never)).toThrow('a LayersModel: pass fromLayersModel(model).');
    expect(() => fromFunction({} as never)).toThrow(/fromFunction takes a function .* or features and head/);
    expect(() => fromLayersModel('model.json' as never)).toThrow(
      "fromLayersModel: the model is 'model.json': load it first, with await tf.loadLayersModel(…).",
    );
    for (const adapter of [fromLayersModel, fromGraphModel, fromFunction]) {
      expect(() => adapter(scores(1) as never)).toThrow(
        'the model is explainable already: pass it as it is.',
      );
    }
    expect(() => recordPass(scores(1) as never, images())).toThrow(/takes a function: pass model.forward/);
  });

  it('whose forward pass never taps', () => {
    const silent = (tapped: string[]) =>
      fromFunction((x, tap) => whole(tapped.reduce((y, name) => tap(name, y) as tf.Tensor4D, x)), {
        layers: [{ name: 'f', kind: 'map' }],
      });
    explaining({}, silent([])).toThrow(
      "The forward pass never called tap('f', …): call it at that layer, and go on with what it returns.",
    );
    explaining({}, silent(['g'])).toThrow("never called tap('f', …), only tap('g', …): call it");
    const ignoring = fromFunction((x, tap) => {
      tap('f', x);
      return whole(x);
    });
    explaining({ layer: 'f' }, ignoring).toThrow(
      /does not depend on layer 'f': .* go on with what tap returns/,
    );
  });
});

describe('a tap', () => {
  it('without a name', () => {
    const model = fromFunction((x, tap) =>
      tf.mean((tap as unknown as (x: tf.Tensor) => tf.Tensor)(x), [1, 2, 3]),
    );
    for (const attribute of [gradCam, inputGradient]) {
      expect(() => attribute(model, images())).toThrow(
        "tap takes a layer's name first, as in tap('features', activation), got a tensor [2, 6, 6, 3].",
      );
    }
  });

  it('where no layer is named', () => {
    const model = fromFunction((x, tap) => tf.mean(tap('f', tap('g', x)), [1, 2, 3]));
    explaining({}, model).toThrow("Name a layer, as in layer: 'f'; the model has: g, f.");
    const flat = tf.layers.flatten({ inputShape: [6, 6, 3], name: 'flat' });
    const placeless = tf.sequential({ layers: [flat, tf.layers.dense({ units: 1, name: 'dense' })] });
    explaining({}, fromLayersModel(placeless)).toThrow(
      'No layer is a map [B, h, w, C] or tokens [B, T, D], which tell of places; the model has: flat, dense.',
    );
  });
});

describe('options', () => {
  it.each<[object, string]>([
    [{ layr: 'f' }, "gradCam: unknown option 'layr'; did you mean 'layer'?"],
    [{ steps: 3 }, "gradCam: unknown option 'steps'; known are layer, target, resize, placement, rectify"],
    [{ targetLayers: [] }, "gradCam: unknown option 'targetLayers'; give layer, a layer's name"],
    [{ layer: { name: 'features' } }, "layer must be a layer's name, got object; did you mean 'features'?"],
    [{ resize: [8, 8] }, 'gradCam: resize is 8,8; expected true or false (other sizes: resizeMaps)'],
    [{ relu: true }, "gradCam: unknown option 'relu'; give rectify, true or false"],
    [{ rectify: 'no' }, "gradCam: rectify is 'no'; expected true or false."],
    [{ placement: 'cells' }, "gradCam: placement must be one of tile, receptiveField, got 'cells'"],
  ])('of gradCam: %j', (options, message) => {
    explaining(options).toThrow(message);
  });

  it('that hold images', () => {
    const x = images();
    const gone = tf.zeros([6, 6, 3]);
    gone.dispose();
    for (const baseline of ['white', [1], Promise.resolve(1), Number.NaN, gone]) {
      expect(() => integratedGradients(scores(1), x, { baseline } as never)).toThrow(
        /^integratedGradients: baseline is .*; expected a finite number or a tensor\.$/,
      );
    }
    for (const references of [[1], 0, gone]) {
      expect(() => expectedGradients(scores(1), x, { references } as never)).toThrow(
        /^expectedGradients: references is .*; expected a tensor \[R, H, W, C\]\.$/,
      );
    }
    expect(() => attributionMap(null as never, scores(1), x)).toThrow('attribution is null; expected');
  });

  it('that compare as numbers do, and are none', () => {
    const maps = tf.zeros<tf.Rank.R3>([1, 6, 6]);
    for (const sigma of [null, '1', [], true]) {
      expect(() => smoothMaps(maps, sigma as never)).toThrow(/^sigma is .*; expected a number of pixels/);
    }
  });

  it('of the rest', () => {
    const x = images();
    expect(() => activationAndGradient(scores(1), x, { resize: true } as never)).toThrow(
      "activationAndGradient: unknown option 'resize'",
    );
    expect(() => recordPass(() => x, x, { layer: 'f' } as never)).toThrow(
      "recordPass: unknown option 'layer'; did you mean 'layers'?",
    );
    expect(() => fromFunction((y) => y, { layer: 'f' } as never)).toThrow(
      "fromFunction: unknown option 'layer'; give layers, a list of descriptions",
    );
    expect(() => fromFunction((y) => y, { layers: [{ name: 'f', kind: 'token' }] } as never)).toThrow(
      "layer 'f': kind must be one of map, tokens, got 'token'; did you mean 'tokens'?",
    );
  });
});
