import { describe, expect, it } from 'vitest';
import { createProgress, formatSeconds } from './progress.js';

function recorder(isTTY: boolean) {
  const written: string[] = [];
  let time = 0;
  return {
    written,
    stream: { isTTY, columns: 100, write: (text: string) => written.push(text) },
    now: () => time,
    pass: (ms: number) => {
      time += ms;
    },
  };
}

describe('createProgress', () => {
  it('draws a bar with speed and time left on a terminal', () => {
    const { written, stream, now, pass } = recorder(true);
    const progress = createProgress({ label: 'epoch 1', total: 200, unit: 'images', stream, now });
    progress.update(0);
    pass(1000);
    progress.update(50, 'loss 0.5');
    expect(written.at(-1)).toContain('█████░');
    expect(written.at(-1)).toContain('epoch 1 50/200 images · 50 images/s · 3 s left · loss 0.5');
    expect(written.at(-1)!.startsWith('\r')).toBe(true);
    progress.end();
    expect(written.at(-1)!.endsWith('\n')).toBe(true);
  });

  it.each([
    [true, '\r\x1b[K'],
    [false, undefined],
  ])('takes its bar away where there is one (terminal: %s)', (isTTY, last) => {
    const { written, stream, now, pass } = recorder(isTTY);
    const unused = createProgress({ label: 'x', total: 9, unit: 'files', stream, now });
    unused.clear();
    expect(written).toEqual([]);
    const progress = createProgress({ label: 'x', total: 9, unit: 'files', stream, now });
    pass(200);
    progress.update(3);
    progress.clear();
    expect(written.at(-1)).toBe(last);
  });

  it('prints few plain lines elsewhere', () => {
    const { written, stream, now, pass } = recorder(false);
    const progress = createProgress({ label: 'x', total: 1000, unit: 'files', stream, now });
    for (let i = 1; i <= 1000; i++) {
      pass(20);
      progress.update(i);
    }
    progress.end();
    expect(written.length).toBeLessThanOrEqual(3);
    expect(written.join('')).not.toMatch(/[\r█]/);
  });

  it('does not count what a resumed run had done before as speed', () => {
    const { written, stream, now, pass } = recorder(true);
    const progress = createProgress({ label: 'x', total: 1000, unit: 'images', stream, now });
    progress.update(900);
    pass(1000);
    progress.update(910);
    expect(written.at(-1)).toContain('10 images/s');
  });

  it('writes a speed just below 100 as 100', () => {
    const { written, stream, now, pass } = recorder(true);
    const progress = createProgress({ label: 'x', total: 2000, unit: 'images', stream, now });
    progress.update(100);
    pass(10_000);
    progress.update(1096);
    expect(written.at(-1)).toContain('100 images/s');
  });

  it('never shows more done than there is', () => {
    const { written, stream, now } = recorder(false);
    const progress = createProgress({ label: 'x', total: 10, unit: 'files', stream, now });
    progress.update(12);
    progress.end();
    expect(written.at(-1)).toContain('10/10');
  });
});

describe('formatSeconds', () => {
  it.each([
    [-1, '0 s'],
    [8.4, '8 s'],
    [59.7, '1 min 00 s'],
    [190, '3 min 10 s'],
    [200, '3 min 20 s'],
    [7500, '2 h 05 min'],
  ])('%d', (seconds, text) => expect(formatSeconds(seconds)).toBe(text));
});
