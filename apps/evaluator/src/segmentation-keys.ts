import { flatKeys } from '@pcam/evaluation';
import { attributionValues } from './map-options.js';
import type { EvaluateOptions } from './options.js';
import type { Segmentation } from './segment-split.js';

/** The flat keys of `metrics.json` that speak of masks. Those without a suffix owe nothing to any mask. */
export function segmentationKeys(
  { estimates, thresholds, compare, written, prevalence, predictedShare }: Segmentation,
  options: EvaluateOptions,
): Record<string, unknown> {
  const { attribution, layer, mapAverage, mapMargin, smoothing, minimumArea } = options;
  const made = {
    attribution,
    layer: layer ?? null,
    ...attributionValues(options),
    mapAverage,
    mapMargin,
    smoothing,
    minimumArea,
    maskThreshold: thresholds.plain,
    maskThresholdSource: thresholds.plainSource,
    masksWritten: written,
    predictedPixelShare: predictedShare,
  };
  if (!estimates) return made;
  const { model, maskSelected, allOnes, random, centrePrior, compareMaskSelected, gain } = estimates;
  return {
    ...made,
    tumourPixelShare: prevalence,
    ...flatKeys(model),
    ...(maskSelected && {
      maskThresholdMaskSelected: thresholds.maskSelected,
      maskThresholdMaskSelectedSource: thresholds.maskSelectedSource,
      ...flatKeys(maskSelected, { suffix: 'MaskSelected' }),
    }),
    ...flatKeys(allOnes, { prefix: 'allOnes' }),
    ...flatKeys(random, { prefix: 'random' }),
    ...flatKeys(centrePrior, { prefix: 'centrePrior' }),
    ...(compare && {
      compareRun: compare.name,
      compareMaskThreshold: compare.thresholds.plain,
      ...flatKeys(estimates.compare!, { prefix: 'compare' }),
      ...flatKeys(compareMaskSelected ?? {}, { prefix: 'compare', suffix: 'MaskSelected' }),
      ...flatKeys(gain!, { prefix: 'gain' }),
    }),
  };
}
