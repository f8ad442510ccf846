import type { Model } from '@pcam/models';
import {
  type Attribution,
  dihedralMaps,
  expectedGradients,
  gradCam,
  gradientTimesInput,
  inputGradient,
  integratedGradients,
  multiScaleMaps,
  paddedMaps,
  resizeImages,
  smoothMaps,
} from '@pcam/xai';
import { type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import type { AttributionName } from './attribution-names.js';

/** What maps may be averaged over: the 8 symmetries of the square, three scales, or both. */
export const mapAverageNames = ['none', 'dihedral', 'multiScale', 'both'] as const;

export interface MapsOptions {
  readonly attribution: AttributionName;
  /** Of Grad-CAM; the last one by default. */
  readonly layer?: string | undefined;
  readonly mapAverage: (typeof mapAverageNames)[number];
  /** Pixels of reflected image around each patch while its map is made. */
  readonly mapMargin: number;
  /** Standard deviation in pixels. */
  readonly smoothing: number;
  /** Of expected gradients, `[R, H, W, 3]`. */
  readonly references?: Tensor4D | undefined;
}

/** How a model's maps are made, and how that is called. */
export interface Maps {
  /** From images `[B, H, W, 3]` in [0, 1] to `[B, H, W]`, raw and signed. */
  readonly attribute: Attribution;
  /** For people: method, paper, layer, averages. */
  readonly method: string;
}

/** The value of a pixel where the slide holds no tissue. */
const WHITE = 1;
const SCALES = [0.75, 1, 1.25];

export function mapsOf(model: Model, options: MapsOptions): Maps {
  const { mapAverage, mapMargin, smoothing } = options;
  const { attribute: bare, method } = methodOf(model, options);
  const once: Attribution = mapMargin > 0 ? (images) => paddedMaps(bare, images, mapMargin) : bare;
  // Scaled sizes must be ones the model takes: at least 32, and whole strides.
  const multiple = 32 % model.stride === 0 ? 32 : model.stride;
  const turned: Attribution =
    mapAverage === 'dihedral' || mapAverage === 'both' ? (images) => dihedralMaps(once, images) : once;
  const averaged: Attribution =
    mapAverage === 'multiScale' || mapAverage === 'both'
      ? (images) => multiScaleMaps(turned, images, { scales: SCALES, multiple })
      : turned;
  const averages = {
    none: '',
    dihedral: ', averaged over the 8 symmetries of the square',
    multiScale: ', averaged over three scales',
    both: ', averaged over the 8 symmetries of the square at three scales',
  }[mapAverage];
  return {
    attribute: (images) => tidy(() => smoothMaps(averaged(images), smoothing)),
    method: `${method}${mapMargin > 0 ? `, ${mapMargin} pixels of reflected image around` : ''}${averages}${smoothing > 0 ? `, smoothed by ${smoothing} pixels` : ''}`,
  };
}

function methodOf(model: Model, { attribution, layer, references }: MapsOptions): Maps {
  switch (attribution) {
    case 'gradCam': {
      const at = layer ?? model.layers.at(-1)!.name;
      return {
        attribute: (images) => gradCam(model, images, { layer: at }),
        method: `Grad-CAM, Selvaraju et al. 2017, at layer ${at}`,
      };
    }
    case 'gradient':
      return {
        attribute: (images) => inputGradient(model, images),
        method: 'the gradient with respect to pixels, Simonyan et al. 2014',
      };
    case 'gradientTimesInput':
      return {
        attribute: (images) => gradientTimesInput(model, images),
        method: 'gradient × input, Shrikumar et al. 2016',
      };
    case 'integratedGradients':
      return {
        attribute: (images) => integratedGradients(model, images, { baseline: WHITE }),
        method: 'integrated gradients from a white image, Sundararajan et al. 2017',
      };
    case 'expectedGradients':
      return {
        // Images that are scaled or of another data set are compared with references of their own size.
        attribute: (images) => {
          const [, height, width] = images.shape;
          return expectedGradients(model, images, { references: resizeImages(references!, [height, width]) });
        },
        method: `expected gradients over ${references!.shape[0]} patches, Erion et al. 2021`,
      };
  }
}
