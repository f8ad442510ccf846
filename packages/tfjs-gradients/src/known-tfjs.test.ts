import { version_core } from '@tensorflow/tfjs-core';
import { afterEach, expect, it, vi } from 'vitest';
import { requireKnownTfjs, warnOfUnknownTfjs } from './known-tfjs.js';

afterEach(() => vi.restoreAllMocks());

it('takes the version that is installed in silence', () => {
  const warn = vi.spyOn(console, 'warn').mockReturnValue();
  warnOfUnknownTfjs();
  requireKnownTfjs();
  expect(warn).not.toHaveBeenCalled();
  expect(version_core).toMatch(/^4\.22\./);
});

it('warns of another in one line, once, and patches no other tape', () => {
  const warn = vi.spyOn(console, 'warn').mockReturnValue();
  warnOfUnknownTfjs('4.23.1');
  warnOfUnknownTfjs('4.23.1');
  expect(warn).toHaveBeenCalledTimes(1);
  expect(warn.mock.calls[0]![0]).toMatch(/^@pcam\/tfjs-gradients knows .* finds 4\.23\.1: .* install .*$/);
  expect(() => requireKnownTfjs('5.0.0')).toThrow(/this is 5\.0\.0: install @tensorflow\/tfjs-core@~4\.22/);
});
