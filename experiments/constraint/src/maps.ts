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
import { ones, type Tensor3D, type Tensor4D, tidy } from '@tensorflow/tfjs-core';

type Maps = (images: Tensor4D) => Tensor3D;

/** White, the slide without tissue: what pixels are compared with. */
const GLASS = 1;
/** Pixels of the Gaussian over maps of single pixels, about half a nucleus. */
const SIGMA = 4;
/** Pixels of reflected image around a patch. */
const MARGIN = 16;

/** Attribution maps of a model by name: what the tables have a column for. */
export const INFERENCES = {
  gradCam: (model: Model): Maps => (images) => gradCam(model, images),
  gradCamAveraged: (model: Model): Maps => averaged((images) => gradCam(model, images)),
  gradient: (model: Model): Maps => smooth((images) => inputGradient(model, images)),
  gradientTimesInput: (model: Model): Maps =>
    smooth((images) => gradientTimesInput(model, images, { baseline: GLASS })),
  integratedGradients: (model: Model): Maps =>
    smooth((images) => integratedGradients(model, images, { baseline: GLASS, steps: 8 })),
  expectedGradients: (model: Model): Maps =>
    smooth((images) =>
      tidy(() => expectedGradients(model, images, { references: glass(images), samples: 8 })),
    ),
};

export type Inference = keyof typeof INFERENCES;

/** Over the square's symmetries, of images continued by reflection. */
function averaged(maps: Maps): Maps {
  return (images) => dihedralMaps((turned) => paddedMaps(maps, turned, MARGIN), images);
}

function smooth(maps: Maps): Maps {
  return (images) => tidy(() => smoothMaps(maps(images), SIGMA));
}
