import { expect, test } from 'vitest';
import { differences } from './differences.js';

test('names the keys that differ by their path, each with its two values', () => {
  const there = { epochs: 6, optimizer: { name: 'adamw', rate: 0.1 }, widths: [1, 2] };
  const here = { optimizer: { rate: 0.2, name: 'adamw' }, widths: [1, 3], epochs: 6 };
  expect(differences(there, here)).toEqual([
    'optimizer.rate is 0.1 there, 0.2 here',
    'widths is [1,2] there, [1,3] here',
  ]);
  expect(differences(there, here, (path) => path !== 'optimizer.rate')).toHaveLength(1);
  expect(differences({ a: undefined }, {})).toEqual([]);
  expect(differences({ a: { b: 1 } }, {})).toEqual(['a is {"b":1} there, missing here']);
});

test('says a few of many, and cuts long values', () => {
  const many = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`key${i}`, i]));
  expect(differences(many, {})).toHaveLength(7);
  expect(differences(many, {}).at(-1)).toBe('and 3 more');
  expect(differences({ text: 'x'.repeat(500) }, { text: '' })[0]!.length).toBeLessThan(120);
});
