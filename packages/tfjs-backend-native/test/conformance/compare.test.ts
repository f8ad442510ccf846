import { expect, test } from 'vitest';
import { report, shortfalls } from './compare.js';
import type { Spec } from './events.js';
import type { SuiteResult } from './run-suite.js';

const suite = (statuses: Record<string, Spec['status']>, errors: string[] = []): SuiteResult => ({
  specs: Object.entries(statuses).map(([name, status]) => ({
    name,
    status,
    ms: 1,
    ...(status === 'failed' && { message: 'Error: not equal' }),
  })),
  errors,
});

test('only specs that pass on the reference count', () => {
  const reference = suite({ one: 'passed', two: 'failed', three: 'pending' });
  expect(shortfalls(reference, suite({ one: 'passed', two: 'failed' }), [])).toEqual([]);
});

test('a spec that fails, is skipped or does not run is named with its message', () => {
  const reference = suite({ one: 'passed', two: 'passed', three: 'passed' });
  expect(shortfalls(reference, suite({ one: 'failed', two: 'pending' }), [])).toEqual([
    'one\n    Error: not equal',
    'two\n    pending',
    'three\n    did not run',
  ]);
});

test('an exception excuses a failure, and is an error where there is none to excuse', () => {
  const reference = suite({ one: 'passed', two: 'passed', three: 'failed' });
  const exceptions = ['one', 'two', 'three', 'four'].map((name) => ({ name, reason: 'a test' }));
  expect(shortfalls(reference, suite({ one: 'failed', two: 'passed' }), exceptions)).toEqual([
    'three\n    is an exception, and the reference does not pass it either',
    'four\n    is an exception, and the reference does not pass it either',
    'two\n    is an exception, and passes: take it off the list',
  ]);
});

test('a failure outside of any spec counts', () => {
  expect(shortfalls(suite({}, ['a']), suite({}, ['b']), [])).toEqual([
    'the reference, outside of a spec: a',
    'outside of a spec: b',
  ]);
});

test('a long report is cut', () => {
  expect(report(['a', 'b', 'c'], 2)).toBe('a\nb\n... and 1 more');
  expect(report(['a', 'b'], 2)).toBe('a\nb');
});
