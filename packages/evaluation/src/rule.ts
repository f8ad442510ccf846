import type { MapThresholdOptions } from '@pcam/xai';

/** How maps are cut: at a number given, or by a rule on the labels or the pixels of a data set. */
export type Rule = number | { readonly method: 'labels' } | MapThresholdOptions;

export function needsMasks(rule: Rule): boolean {
  return typeof rule !== 'number' && rule.method === 'bestF1';
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
    case 'bestF1':
      return 'the best F1';
  }
}
