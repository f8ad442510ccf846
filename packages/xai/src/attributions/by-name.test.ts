import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { fromFunction } from '../adapters/function.js';
import { XaiError } from '../errors.js';
import { defaultLayer } from '../pass/attribution-pass.js';
import { lastThatTells } from '../pass/layers.js';
import { recordPass } from '../pass/recorded-pass.js';
import {
  type AttributionName,
  attributionBy,
  attributionMap,
  attributionNames,
  attributionOptions,
  describeAttribution,
  needsReferences,
  otherAttributionNames,
} from './by-name.js';
import { type AttributionDefinition, optionsIn } from './definition.js';
import * as table from './table.js';

const { attributions } = table;
const functions = { ...table };

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const model = fromFunction({
  features: (images) => tf.concat([images, tf.square(images)], 3),
  head: (features) => tf.sum(tf.mul(tf.mean(features, [1, 2]), [[1, -2]]), -1),
});
const images = (): tf.Tensor4D => tf.tensor4d([1, 2, 3, 4, -1, 0, 0.5, 1], [2, 2, 2, 1]);

describe.each(attributionNames)('%s', (name) => {
  const definition: AttributionDefinition = attributions[name];

  it('is called alike as function and as entry, and says all that is told of it', () => {
    expect(definition.name).toBe(name);
    expect(functions[name]).toBeTypeOf('function');
    expect(definition.citation.authors).toMatch(/^[A-Z].* \d{4}$/);
    expect(definition.citation.source).toMatch(/arXiv \d{4}\.\d{4,5}|doi/);
    for (const option of optionsIn(definition).map(([, each]) => each)) {
      expect(option.description).toMatch(/[^.]$/);
      if (option.inTraining) expect(option.inTraining.reason).not.toBe('');
      if (option.kind === 'choice') expect(option.choices).toContain(option.default);
    }
  });

  it('gives by name the map that its function gives', () => {
    const x = images();
    const own = needsReferences(name) ? { references: tf.zeros<tf.Rank.R4>([1, 2, 2, 1]) } : {};
    const eager = functions[name] as (m: typeof model, x: tf.Tensor4D, options: object) => tf.Tensor3D;
    const map = attributionMap(attributionBy(name, own), model, x);
    expect([...map.dataSync()]).toEqual([...eager(model, x, own).dataSync()]);
  });
});

describe('the table', () => {
  it('tells options with those that read them, each default as it holds', () => {
    expect(attributionOptions('map').steps).toMatchObject({ default: 32, of: ['integratedGradients'] });
    expect(attributionOptions('training').steps).toMatchObject({ default: 4 });
    expect(attributionOptions('training').samples).toMatchObject({ default: 1 });
    expect(attributionOptions('map').baseline).toMatchObject({
      default: 0,
      of: ['gradientTimesInput', 'integratedGradients'],
    });
    expect(attributionOptions('map')).not.toHaveProperty('seed');
    expect(attributionOptions('map')).not.toHaveProperty('references');
  });

  it('takes of all values those that an attribution reads', () => {
    const values = { steps: 3, layer: 'stem', seed: 1, baseline: undefined };
    expect(attributionBy('integratedGradients', values)).toEqual({ name: 'integratedGradients', steps: 3 });
    expect(attributionBy('gradCam', values)).toEqual({ name: 'gradCam', layer: 'stem' });
  });

  it('says in words what was done', () => {
    const say = (name: AttributionName, values = {}) => describeAttribution(attributionBy(name, values));
    expect(say('gradCam', { layer: 'stem' })).toBe('Grad-CAM, Selvaraju et al. 2017, at layer stem');
    expect(say('integratedGradients', { baseline: 1, steps: 64 })).toBe(
      'integrated gradients from a white image, Sundararajan et al. 2017, steps 64',
    );
    expect(say('expectedGradients', { references: tf.zeros([16, 2, 2, 1]) })).toBe(
      'expected gradients over 16 patches, Erion et al. 2021',
    );
  });

  it('knows what others call them', () => {
    expect(otherAttributionNames().gradient).toBe('inputGradient');
    const call = () => attributionMap({ name: 'gradient' } as never, model, images());
    expect(call).toThrow("got 'gradient'; did you mean 'inputGradient'?");
    expect(call).toThrow(XaiError);
    expect(() => attributionMap({ name: 'gradcam' } as never, model, images())).toThrow("mean 'gradCam'?");
  });
});

describe('the default layer', () => {
  const tokens = (head: (places: tf.Tensor) => tf.Tensor) =>
    fromFunction(
      (x, tap) => {
        const places = tf.reshape(x, [x.shape[0], 4, 1]);
        const classToken = tf.mean(places, 1, true);
        const first = tap('first', tf.concat([classToken, places], 1));
        const mixed = tf.mul(tf.sum(tf.square(first), 1, true), tf.ones([1, 5, 1]));
        return head(tap('last', mixed));
      },
      {
        layers: [
          { name: 'first', kind: 'tokens', classTokens: 1 },
          { name: 'last', kind: 'tokens', classTokens: 1 },
        ],
      },
    );
  const ofAll = tokens((x) => tf.sum(x, [1, 2]));
  const ofClass = tokens((x) => tf.sum(tf.slice(x, [0, 0, 0], [-1, 1, 1]), [1, 2]));

  it('is the last whose places count', () => {
    expect(defaultLayer(ofAll, images()).name).toBe('last');
    expect(defaultLayer(ofClass, images()).name).toBe('first');
    expect(defaultLayer(model, images()).name).toBe('features');
  });

  it('is the same in a training step', () => {
    for (const each of [ofAll, ofClass, model]) {
      tf.grad((x) => {
        const pass = recordPass(each.forward, x as tf.Tensor4D, { layers: each.layers! });
        expect(pass.layer()).toEqual(defaultLayer(each, images()));
        pass.dispose();
        return tf.sum(x);
      })(images());
    }
  });

  it('is asked for, rather than a map of zeros, where nothing can be read at once', () => {
    const layers = [{ name: 'last', kind: 'tokens', classTokens: 1 }] as const;
    expect(() => lastThatTells(layers, undefined)).toThrow(/^The last layer 'last' .*: name a layer\.$/);
    expect(lastThatTells([{ name: 'map', kind: 'map' }], undefined)!.name).toBe('map');
  });

  it('leaves nothing behind', () => {
    const x = images();
    const before = tf.memory().numTensors;
    defaultLayer(ofClass, x);
    expect(tf.memory().numTensors).toBe(before);
  });
});
