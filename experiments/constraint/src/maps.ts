import { slideAttribution } from '@pcam/evaluation';
import type { Model } from '@pcam/models';
import {
  type AttributionName,
  type AttributionValues,
  attributionMap,
  attributionNames,
  attributions,
  averagedMaps,
} from '@pcam/xai';
import type { Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';

export type Maps = (images: Tensor4D) => Tensor3D;

/** Pixels of the Gaussian over maps of single pixels, about half a nucleus. */
const SIGMA = 4;
/** Pixels of reflected image around a patch. */
const MARGIN = 16;

/** What differs from the library's defaults: an eighth of the passes, since every patch of every network is mapped. */
const VALUES: AttributionValues = { steps: 4, samples: 4 };

/** Maps at a layer as they are and averaged, maps of pixels smoothed. */
export type Inference = AttributionName | `${AttributionName}Averaged`;

type MakeMaps = (model: Model, references: Tensor4D) => Maps;

/**
 * Attribution maps of a model by name, the columns of the tables: those at a layer first, each beside its average.
 * References are negatives, for attributions that compare with images.
 */
export const INFERENCES: Readonly<Partial<Record<Inference, MakeMaps>>> = Object.fromEntries(
  (['layer', 'pixel'] as const).flatMap((level) =>
    attributionNames
      .filter((name) => attributions[name].level === level)
      .flatMap((name): [Inference, MakeMaps][] => {
        const plain: MakeMaps = (model, references) => (images) =>
          attributionMap(slideAttribution(name, { ...VALUES, references }), model, images);
        if (level === 'pixel') return [[name, (model, references) => smooth(plain(model, references))]];
        return [
          [name, plain],
          [`${name}Averaged`, (model, references) => averaged(plain(model, references))],
        ];
      }),
  ),
);

/** Over the square's symmetries, of images continued by reflection. */
export function averaged(maps: Maps): Maps {
  return (images) => averagedMaps(maps, images, { margin: MARGIN });
}

function smooth(maps: Maps): Maps {
  return (images) => averagedMaps(maps, images, { views: 'one', smoothing: SIGMA });
}
