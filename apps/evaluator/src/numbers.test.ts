import { expect, it } from 'vitest';
import { threeDecimals } from './numbers.js';

it('writes what rounds to nothing without a sign', () => {
  expect([-0.0002, -0, 0.0004, -0.0006, -10, 0.5].map(threeDecimals)).toEqual([
    '0.000',
    '0.000',
    '0.000',
    '-0.001',
    '-10.000',
    '0.500',
  ]);
});
