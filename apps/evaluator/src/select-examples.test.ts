import { describe, expect, it } from 'vitest';
import { outcomeOf, selectExamples } from './select-examples.js';

describe('selectExamples', () => {
  const probabilities = [0.99, 0.9, 0.6, 0.55, 0.1, 0.2, 0.8, 0.01, 0.3, 0.45];
  const labels = [1, 1, 1, 1, 1, 1, 0, 0, 0, 0];
  const shown = (outcome: string, count: number) =>
    selectExamples(probabilities, labels, 0.5, count)
      .filter((example) => example.outcome === outcome)
      .map(({ position }) => position);

  it('shows the most confident mistakes first', () => {
    expect(shown('fn', 4)).toEqual([4]);
    expect(shown('fn', 8)).toEqual([4, 5]);
    expect(shown('fp', 8)).toEqual([6]);
  });

  it('spreads correct calls from the surest to the least sure', () => {
    expect(shown('tp', 8)).toEqual([0, 3]);
    expect(shown('tp', 12)).toEqual([0, 2, 3]);
    expect(shown('tn', 40)).toEqual([7, 8, 9]);
  });

  it('counts a probability at the threshold as tumour', () => {
    expect(outcomeOf(0.5, 1, 0.5)).toBe('tp');
    expect(outcomeOf(0.5, 0, 0.5)).toBe('fp');
    expect(outcomeOf(0.4999, 1, 0.5)).toBe('fn');
  });
});
