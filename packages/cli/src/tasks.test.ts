import { expect, it } from 'vitest';
import { createTaskProgress } from './tasks.js';

it('shows one task after another, bytes as megabytes, and notes once', () => {
  const written: string[] = [];
  let time = 0;
  const stream = { isTTY: false, write: (text: string) => written.push(text) };
  const tasks = createTaskProgress({ stream, now: () => time });
  for (let done = 0; done <= 100e6; done += 10e6) {
    tasks.report({ task: 'decompress x', done, total: 100e6, unit: 'bytes' });
    time += 2000;
  }
  tasks.report({ task: 'decompress y', done: 0, unit: 'bytes', note: 'put into the cache' });
  tasks.report({ task: 'read', done: 1, total: 2, unit: 'patches' });
  tasks.end();
  expect(written.some((line) => /^decompress x \d+\/100 MB · [\d.]+ MB\/s · \d+ s left/.test(line))).toBe(
    true,
  );
  expect(written.filter((line) => line.startsWith('decompress x 100/100 MB'))).toHaveLength(1);
  expect(written.filter((line) => line === 'decompress y: put into the cache\n')).toHaveLength(1);
  expect(written.at(-1)).toMatch(/^read 1\/2 patches/);
});

interface Step {
  readonly at: number;
  readonly done?: number;
  readonly total?: number;
  readonly unit?: string;
  readonly note?: string;
}

function play(isTTY: boolean, steps: readonly Step[], ended = true): string {
  let out = '';
  let time = 0;
  const stream = { isTTY, columns: 100, write: (text: string) => (out += text) };
  const tasks = createTaskProgress({ stream, now: () => time });
  for (const { at, ...report } of steps) {
    time = at;
    tasks.report({ task: 'download a', done: 0, total: 100e6, unit: 'bytes', ...report });
  }
  if (ended) tasks.end();
  return out;
}

const steps = [
  { at: 0, done: 20e6 },
  { at: 2000, done: 40e6 },
  { at: 2050, done: 41e6 },
  { at: 8000, done: 100e6 },
];

it('is a bar on a terminal, with the speed of this run and the time left', () => {
  expect(
    play(true, steps)
      .split('\r')
      .slice(1)
      .map((bar) => bar.replace('\x1b[K', '')),
  ).toEqual([
    '████████░░░░░░░░░░░░ download a 40/100 MB · 10 MB/s · 6 s left',
    '████████████████████ download a 100/100 MB · 10 MB/s · in 8 s\n',
  ]);
});

it('is a line every ten seconds elsewhere, and one at the end', () => {
  const slow = steps.map(({ at, done }) => ({ at: at * 10, done }));
  expect(play(false, slow)).toBe(
    'download a 40/100 MB · 1.0 MB/s · 1 min 00 s left\n' +
      'download a 100/100 MB · 1.0 MB/s · in 1 min 20 s\n',
  );
});

it('counts patches once', () => {
  const patches = { total: 32, unit: 'patches' };
  expect(
    play(
      false,
      [
        { at: 0, ...patches },
        { at: 12_000, done: 24, ...patches },
      ],
      false,
    ),
  ).toBe('download a 24/32 patches · 2.0 patches/s · 4 s left\n');
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
  const note = { at: 0, note: 'going on in 1 s' };
  expect(play(false, [note], false)).toBe('download a: going on in 1 s\n');
  const later = [
    { at: 0, done: 1 },
    { at: 500, done: 50e6 },
    { at: 505, note: 'pause' },
  ];
  expect(play(true, later, false)).toMatch(/\ndownload a: pause\n$/);
});
