/*
 * Every attribution, once: what is told of them elsewhere (checks, the constraint, the commands' flags and help,
 * reports, experiments) is read from this table. To add one: a file beside this one, and its lines here.
 */
import { expectedGradientsDefinition } from './expected-gradients.js';
import { gradCamDefinition } from './grad-cam.js';
import { gradientTimesInputDefinition } from './gradient-times-input.js';
import { inputGradientDefinition } from './input-gradient.js';
import { integratedGradientsDefinition } from './integrated-gradients.js';

export { type ExpectedGradientsOptions, expectedGradients } from './expected-gradients.js';
export { type GradCamOptions, gradCam } from './grad-cam.js';
export { type GradientTimesInputOptions, gradientTimesInput } from './gradient-times-input.js';
export { type InputGradientOptions, inputGradient } from './input-gradient.js';
export { type IntegratedGradientsOptions, integratedGradients } from './integrated-gradients.js';

/** The definitions of all attributions by name. */
export interface Attributions {
  readonly inputGradient: typeof inputGradientDefinition;
  readonly gradientTimesInput: typeof gradientTimesInputDefinition;
  readonly integratedGradients: typeof integratedGradientsDefinition;
  readonly expectedGradients: typeof expectedGradientsDefinition;
  readonly gradCam: typeof gradCamDefinition;
}

/** The definitions of all attributions by name, in the order in which they are listed for people. */
export const attributions: Attributions = {
  inputGradient: inputGradientDefinition,
  gradientTimesInput: gradientTimesInputDefinition,
  integratedGradients: integratedGradientsDefinition,
  expectedGradients: expectedGradientsDefinition,
  gradCam: gradCamDefinition,
};
