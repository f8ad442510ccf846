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
