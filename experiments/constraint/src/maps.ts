import type { Model } from '@pcam/models';
import {
  dihedralMaps,
  expectedGradients,
  gradCam,
  gradientTimesInput,
  inputGradient,
  integratedGradients,
  paddedMaps,
  smoothMaps,
} from '@pcam/xai';
import { type Tensor3D, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { GLASS } from './settings.js';

export type Maps = (images: Tensor4D) => Tensor3D;

/** Pixels of the Gaussian over maps of single pixels, about half a nucleus. */
const SIGMA = 4;
/** Pixels of reflected image around a patch. */
const MARGIN = 16;

/** Attribution maps of a model by name, the columns of the tables. @param references negatives, for expectedGradients. */
export const INFERENCES = {
  gradCam:
    (model: Model): Maps =>
    (images) =>
      gradCam(model, images),
  gradCamAveraged: (model: Model): Maps => averaged((images) => gradCam(model, images)),
  gradient: (model: Model): Maps => smooth((images) => inputGradient(model, images)),
  gradientTimesInput: (model: Model): Maps =>
    smooth((images) => gradientTimesInput(model, images, { baseline: GLASS })),
  integratedGradients: (model: Model): Maps =>
    smooth((images) => integratedGradients(model, images, { baseline: GLASS, steps: 4 })),
  expectedGradients: (model: Model, references: Tensor4D): Maps =>
    smooth((images) => expectedGradients(model, images, { references, samples: 4 })),
};

export type Inference = keyof typeof INFERENCES;

/** Over the square's symmetries, of images continued by reflection. */
export function averaged(maps: Maps): Maps {
  return (images) => dihedralMaps((turned) => paddedMaps(maps, turned, MARGIN), images);
}

function smooth(maps: Maps): Maps {
  return (images) => tidy(() => smoothMaps(maps(images), SIGMA));
}
