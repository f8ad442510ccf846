import { describe, expect, it } from 'vitest';
import { cosine, exponential, sine } from './arithmetic.js';

describe('arithmetic that every engine does alike', () => {
  it('comes close to Math', () => {
    for (let x = -25; x <= 25; x += 0.37) {
      expect(Math.abs(sine(x) - Math.sin(x))).toBeLessThan(1e-6);
      expect(Math.abs(cosine(x) - Math.cos(x))).toBeLessThan(1e-6);
      expect(Math.abs(exponential(x) / Math.exp(x) - 1)).toBeLessThan(1e-8);
    }
  });
});
