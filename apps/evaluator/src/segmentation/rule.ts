import type { MapThresholdOptions } from '@pcam/xai';

/** What `--mask-threshold` takes. */
export const MASK_THRESHOLD: RegExp =
  /^(labels|otsu|best-f1|quantile:0?\.\d*[1-9]\d*|[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?)$/i;

/** How maps are cut: at a number given, or by a rule on the labels or the pixels of a data set. */
export type Rule = number | { readonly method: 'labels' } | MapThresholdOptions;

/** @param text that `MASK_THRESHOLD` fits. */
export function ruleOf(text: string): Rule {
  if (text === 'labels' || text === 'otsu' || text === 'best-f1') return { method: text };
  if (text.startsWith('quantile:')) return { method: 'quantile', quantile: Number(text.slice(9)) };
  return Number(text);
}

export function needsMasks(rule: Rule): boolean {
  return typeof rule !== 'number' && rule.method === 'best-f1';
}

export function needsLabels(rule: Rule): boolean {
  return typeof rule !== 'number' && rule.method === 'labels';
}

/** For people. */
export function describeRule(rule: Rule): string {
  if (typeof rule === 'number') return 'given by hand';
  switch (rule.method) {
    case 'labels':
      return 'the best agreement with the labels';
    case 'otsu':
      return "Otsu's rule";
    case 'quantile':
      return `the ${rule.quantile} quantile`;
    case 'best-f1':
      return 'the best F1';
  }
}
