import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { command } from '../../../vitest.command.js';

const talk = command(new URL('./support/talk.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pcam-cli-pipes-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('a command whose readers have gone (| head -1) goes on quietly to its end', async () => {
  const done = join(folder, 'done');
  const { status, signal, stderr } = await talk(['--done', done], {
    onStart(child) {
      child.stdout!.once('data', () => {
        child.stdout!.destroy();
        child.stderr!.destroy();
      });
    },
  });
  expect({ status, signal }).toEqual({ status: 0, signal: null });
  expect(readFileSync(done, 'utf8')).toBe('done');
  expect(stderr).not.toContain('EPIPE');
});

it.skipIf(!existsSync('/dev/full'))('says once that its output cannot be written, and works on', async () => {
  const done = join(folder, 'full');
  const { spawnSync } = await import('node:child_process');
  const script = new URL('./support/talk.ts', import.meta.url).pathname;
  const run = `'${process.execPath}' --conditions=@pcam/source --import=tsx '${script}' --done '${done}' > /dev/full`;
  const { status, stderr } = spawnSync('sh', ['-c', run], { encoding: 'utf8' });
  expect(stderr.match(/talk: cannot write to the output: the disk is full/g)).toHaveLength(1);
  expect(status).toBe(1);
  expect(existsSync(done)).toBe(true);
});
