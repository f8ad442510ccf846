import type { ThresholdRule } from '@pcam/evaluation';

/** What `--mask-threshold` takes. */
export const MASK_THRESHOLD: RegExp =
  /^(labels|otsu|bestF1|quantile:0?\.\d*[1-9]\d*|[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?)$/;

/** @param text that `MASK_THRESHOLD` fits. */
export function ruleOf(text: string): ThresholdRule {
  if (text === 'labels' || text === 'otsu' || text === 'bestF1') return { method: text };
  if (text.startsWith('quantile:')) return { method: 'quantile', quantile: Number(text.slice(9)) };
  return Number(text);
}
