export const ATTRIBUTIONS = [
  'gradCam',
  'gradient',
  'gradientTimesInput',
  'integratedGradients',
  'expectedGradients',
] as const;

export type AttributionName = (typeof ATTRIBUTIONS)[number];
