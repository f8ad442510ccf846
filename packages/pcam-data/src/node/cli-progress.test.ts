import { describe, expect, it } from 'vitest';
import { duration, showProgress } from './cli-progress.js';
import type { Progress } from './progress.js';

function play(isTTY: boolean, steps: readonly (Partial<Progress> & { at: number })[]): string {
  let out = '';
  let time = 0;
  const display = showProgress({ isTTY, columns: 100, write: (text) => (out += text) }, () => time);
  for (const { at, ...progress } of steps) {
    time = at;
    display.onProgress({ task: 'download a', done: 0, total: 100e6, unit: 'bytes', ...progress });
  }
  display.end();
  return out;
}

describe('progress', () => {
  const steps = [
    { at: 0, done: 20e6 },
    { at: 2000, done: 40e6 },
    { at: 2050, done: 41e6 },
    { at: 8000, done: 100e6 },
  ];

  it('is a bar on a terminal, with the speed of this run and the time left', () => {
    const bars = play(true, steps).split('\r\x1b[2K').slice(1);
    expect(bars).toEqual([
      '[████················] download a: 20 % (20.0 MB of 100.0 MB)',
      '[████████············] download a: 40 % (40.0 MB of 100.0 MB) 10.0 MB/s 6 s left',
      '[████████████████████] download a: 100 % (100.0 MB of 100.0 MB) 10.0 MB/s\n',
    ]);
  });

  it('is a line every ten percent elsewhere', () => {
    expect(play(false, steps)).toBe(
      'download a: 40 % (40.0 MB of 100.0 MB) 10.0 MB/s 6 s left\ndownload a: 100 % (100.0 MB of 100.0 MB) 10.0 MB/s\n',
    );
  });

  it('counts patches once', () => {
    expect(play(false, [{ at: 0 }, { at: 2000, done: 20, total: 32, unit: 'patches' }])).toBe(
      'download a: 62 % (20 of 32 patches) 10 patches/s 1 s left\n',
    );
  });

  it('says nothing of what is done within a second', () => {
    expect(
      play(false, [
        { at: 0, done: 1 },
        { at: 900, done: 100e6 },
      ]),
    ).toBe('');
  });

  it('shows notes on lines of their own', () => {
    expect(play(false, [{ at: 0, note: 'going on in 1 s' }])).toBe('going on in 1 s\n');
    expect(
      play(true, [
        { at: 0, done: 1 },
        { at: 5, note: 'pause' },
      ]),
    ).toMatch(/\npause\n$/);
  });
});

it('durations are for people', () => {
  expect([5, 59.7, 190, 7500].map(duration)).toEqual(['5 s', '1 min 0 s', '3 min 10 s', '2 h 5 min']);
});
