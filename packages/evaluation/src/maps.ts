import { type Model, SMALLEST_SIDE } from '@pcam/models';
import { GLASS } from '@pcam/pcam-data';
import {
  type Attribution,
  type AttributionName,
  type AttributionValues,
  attributionMap,
  attributions,
  averagedMaps,
  defaultLayer,
  defaultScales,
  describeAttribution,
  type NamedAttribution,
  resizeImages,
} from '@pcam/xai';
import { fill, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { slideAttribution } from './slide-attribution.js';

/** What maps may be averaged over: the 8 symmetries of the square, three scales, or both. */
export const mapAverageNames = ['none', 'dihedral', 'multiScale', 'both'] as const;

/** How maps are made: an attribution with its own options, and what it is averaged over. */
export interface MapsOptions extends AttributionValues {
  readonly attribution: AttributionName;
  readonly mapAverage: (typeof mapAverageNames)[number];
  /** Pixels of reflected image around each patch while its map is made, at least: the model's stride divides the whole. */
  readonly mapMargin: number;
  /** Standard deviation in pixels. */
  readonly smoothing: number;
  /** To compare with, where the attribution does, `[R, H, W, 3]`. */
  readonly references?: Tensor4D | undefined;
}

/** How a model's maps are made, and how that is called. */
export interface Maps {
  /** From images `[B, H, W, 3]` in [0, 1] to `[B, H, W]`, raw and signed. */
  readonly attribute: Attribution;
  /** For people: method, paper, layer, averages. */
  readonly method: string;
}

/** @throws XaiError for options that are none of the attribution's kind, or where the default layer cannot be told. */
export function mapsOf(model: Model, options: MapsOptions): Maps {
  const { mapAverage, mapMargin, smoothing } = options;
  const attribution = attributionOf(model, options);
  const averaged = {
    views: mapAverage === 'dihedral' || mapAverage === 'both' ? 'dihedral' : 'one',
    scales: mapAverage === 'multiScale' || mapAverage === 'both' ? defaultScales : undefined,
    margin: mapMargin,
    smoothing,
    stride: model.stride,
  } as const;
  const averages = {
    none: '',
    dihedral: ', averaged over the 8 symmetries of the square',
    multiScale: ', averaged over three scales',
    both: ', averaged over the 8 symmetries of the square at three scales',
  }[mapAverage];
  return {
    attribute: (images) =>
      tidy(() => averagedMaps((x) => attributionMap(fitted(attribution, x), model, x), images, averaged)),
    method: `${describeAttribution(attribution)}${mapMargin > 0 ? `, ${mapMargin} pixels of reflected image around` : ''}${averages}${smoothing > 0 ? `, smoothed by ${smoothing} pixels` : ''}`,
  };
}

/** With the layer's name, so that it is looked for once, and can be told. */
function attributionOf(model: Model, options: MapsOptions): NamedAttribution {
  const { attribution: name, layer } = options;
  // A command's seed is of other draws.
  const own = { ...options, seed: undefined };
  if (attributions[name].level === 'pixel' || layer !== undefined) return slideAttribution(name, own);
  return slideAttribution(name, { ...own, layer: defaultLayerOf(model) });
}

/** The layer that maps at a layer explain where none is named, found by a look at bare glass. */
export function defaultLayerOf(model: Model): string {
  const { stride, smallestSide = SMALLEST_SIDE } = model;
  const side = Math.ceil(smallestSide / stride) * stride;
  const glass = fill([1, side, side, 3], GLASS) as Tensor4D;
  try {
    return defaultLayer(model, glass).name;
  } finally {
    glass.dispose();
  }
}

/** Images that are scaled or of another data set are compared with references of their own size. */
function fitted(attribution: NamedAttribution, images: Tensor4D): NamedAttribution {
  if (!('references' in attribution) || !attribution.references) return attribution;
  const [, height, width] = images.shape;
  return { ...attribution, references: resizeImages(attribution.references, [height, width]) };
}
