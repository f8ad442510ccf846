import { relu, type Tensor3D, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { checkOneOf, checkOptions, expectThat } from '../check-options.js';
import type { Explainable } from '../explainable.js';
import { lookAt } from '../pass/attribution-pass.js';
import { placeMaps } from '../placement.js';
import { requireFinite } from '../require.js';
import type { Target } from '../target.js';
import { type Channels, channelsNames, combineChannels } from './channels.js';
import { type AttributionDefinition, optionsIn } from './definition.js';
import { checkValues, type LayerOptions, withDefaults } from './options.js';

/** What every map at a layer can be made with. */
export interface LayerMapOptions extends LayerOptions {
  readonly target?: Target;
  /** Bring the map to the image's height and width (bilinear). Default true; else the layer's grid. */
  readonly resize?: boolean;
  /** Clip negative values at the layer's grid, as the paper's ReLU does. Default false: the map is signed. */
  readonly rectify?: boolean;
}

/** What every map of pixels can be made with. */
export interface PixelMapOptions {
  readonly target?: Target;
  /** Default 'sum': the change of the target as all channels of the pixel grow alike. */
  readonly channels?: Channels;
}

const OF_LAYERS = { layer: true, target: true, resize: true, placement: true, rectify: true } as const;
const OF_PIXELS = { target: true, channels: true } as const;

/** What other libraries call it, or have it in another place. */
const HINTS_OF_LAYERS = {
  targetLayer: "give layer, a layer's name",
  targetLayers: "give layer, a layer's name",
  class: 'give target, the index of a class',
  classIndex: 'give target, the index of a class',
  relu: 'give rectify, true or false',
  batchSize: 'give it to inBatches',
};

/** A map at a layer, by what its definition says. @returns `[B, H, W]`, or `[B, h, w]` with `resize: false`. */
export function layerMap<Options extends LayerOptions>(
  definition: AttributionDefinition<string, Options>,
  model: Explainable,
  images: Tensor4D,
  options: Options & LayerMapOptions,
): Tensor3D {
  const { name, title } = definition;
  const known = { ...OF_LAYERS, ...keysOf(definition) };
  checkOptions<object>(name, options, known, { ...HINTS_OF_LAYERS, ...definition.hints });
  const { target, resize = true, rectify = false, placement, layer: wanted } = options;
  checkValues(name, definition, options, 'map');
  const sizes = 'true or false (other sizes: resizeMaps)';
  expectThat(typeof resize === 'boolean', `${name}: resize`, resize, sizes);
  expectThat(typeof rectify === 'boolean', `${name}: rectify`, rectify, 'true or false');
  return tidy(() => {
    const pass = lookAt(model, images, target);
    const { layer } = pass.at(wanted);
    const filled = withDefaults(definition, options, 'map');
    const map = definition.of(pass, filled) as Tensor3D;
    requireFinite(map, `The map of ${title} at layer '${layer.name}'`);
    const signed = rectify ? relu(map) : map;
    return resize ? placeMaps(signed, [images.shape[1], images.shape[2]], layer, placement) : signed;
  });
}

/** A map of pixels, by what its definition says. @returns `[B, H, W]`. */
export function pixelMap<Options extends object>(
  definition: AttributionDefinition<string, Options>,
  model: Explainable,
  images: Tensor4D,
  options: Options & PixelMapOptions,
): Tensor3D {
  const { name, title } = definition;
  checkOptions<object>(name, options, { ...OF_PIXELS, ...keysOf(definition) }, definition.hints);
  const { target, channels = 'sum' } = options;
  checkOneOf(`${name}: channels`, channels, channelsNames);
  checkValues(name, definition, options, 'map');
  return tidy(() => {
    const pass = lookAt(model, images, target);
    const values = definition.of(pass, withDefaults(definition, options, 'map')) as Tensor4D;
    const map = combineChannels(values, channels);
    requireFinite(map, `The map of ${title}`);
    return map;
  });
}

/** The names of a definition's options, as `checkOptions` takes them. */
export function keysOf(definition: AttributionDefinition): Record<string, true> {
  return Object.fromEntries(optionsIn(definition).map(([key]) => [key, true]));
}
