import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auroc, resampledAuroc } from './curves.js';
import { orNull } from './errors.js';

describe('resampledAuroc', () => {
  it('is the AUROC of elements as often as they are drawn, and refuses a draw of one class', () => {
    const element = fc.tuple(
      fc.integer({ min: -4, max: 4 }),
      fc.integer({ min: 0, max: 1 }),
      fc.integer({ min: 0, max: 3 }),
    );
    fc.assert(
      fc.property(fc.array(element, { minLength: 1, maxLength: 30 }), (list) => {
        const drawn = list.flatMap(([score, label, times]) =>
          Array.from({ length: times }, () => [score, label]),
        );
        fc.pre(drawn.length > 0);
        const measure = resampledAuroc(
          list.map(([score]) => score),
          list.map(([, label]) => label),
        );
        const expected = orNull(() =>
          auroc(
            drawn.map(([score]) => score!),
            drawn.map(([, label]) => label!),
          ),
        );
        const weighted = orNull(() => measure(list.map(([, , times]) => times)));
        if (expected === null) expect(weighted).toBeNull();
        else expect(weighted).toBeCloseTo(expected, 12);
      }),
    );
  });
});
