import { describe, expect, it } from 'vitest';
import { MASK_THRESHOLD, ruleOf } from './mask-threshold.js';
import { evaluateOptions } from './options.js';

describe('--mask-threshold', () => {
  it.each([
    ['otsu', { method: 'otsu' }],
    ['labels', { method: 'labels' }],
    ['bestF1', { method: 'bestF1' }],
    ['quantile:0.85', { method: 'quantile', quantile: 0.85 }],
    ['quantile:.5', { method: 'quantile', quantile: 0.5 }],
    ['0.25', 0.25],
    ['-1e-3', -0.001],
    ['1E2', 100],
  ])('takes %s', (text, rule) => {
    expect(text).toMatch(MASK_THRESHOLD);
    expect(ruleOf(text)).toEqual(rule);
  });

  it.each([
    'quantile',
    'quantile:0',
    'quantile:1',
    'quantile:1.5',
    'f1',
    'otsu:3',
    '',
    '1,5',
    'OTSU',
    'bestf1',
    'Quantile:.5',
  ])('refuses "%s"', (maskThreshold) => {
    const given = { run: 'r', data: 'd', out: 'o', maskThreshold };
    expect(evaluateOptions.safeParse(given).error?.issues[0]?.message).toMatch(
      /expected otsu, labels, quantile:Q/,
    );
  });
});
