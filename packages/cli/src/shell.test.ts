import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { shellLine } from './shell.js';

const words = ['run', 'my data/it\'s "here"', '$HOME', 'a;b', '', 'plain/path-1.5'];

it('leaves plain words as they are', () => {
  expect(shellLine(['pcam-train', '--out', 'runs/a_1', '--lambda=0.3'])).toBe(
    'pcam-train --out runs/a_1 --lambda=0.3',
  );
  expect(shellLine(['C:\\runs\\a', 'my runs'], 'win32')).toBe('C:\\runs\\a "my runs"');
});

it.skipIf(process.platform === 'win32')('gives a line that a shell takes for the same words', () => {
  const script = `for word in ${shellLine(words)}; do printf '%s\\n' "$word"; done`;
  expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\n').slice(0, -1)).toEqual(words);
});
