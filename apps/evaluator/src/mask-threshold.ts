import { type ThresholdMethod, type ThresholdRule, thresholdRules } from '@pcam/evaluation';

const methods = Object.keys(thresholdRules) as ThresholdMethod[];
/** Rules of which the name says all. */
const plain = methods.filter((method) => method !== 'quantile');
const shown = methods.map((method) => (method === 'quantile' ? 'quantile:Q' : method));

/** What `--mask-threshold` takes. */
export const MASK_THRESHOLD: RegExp = new RegExp(
  `^(${plain.join('|')}|quantile:0?\\.\\d*[1-9]\\d*|[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?)$`,
);

/** What is said where it does not fit. */
export const EXPECTED: string = `expected ${shown.join(', ')} or a number; Q lies between 0 and 1`;

/** What each rule chooses, for help. */
export const RULES_HELP: string = `${methods.map((method, i) => `${shown[i]}, which ${thresholdRules[method].about}`).join('; ')}; or a number`;

/** @param text that `MASK_THRESHOLD` fits. */
export function ruleOf(text: string): ThresholdRule {
  const method = plain.find((name) => name === text);
  if (method) return { method };
  if (text.startsWith('quantile:')) return { method: 'quantile', quantile: Number(text.slice(9)) };
  return Number(text);
}
