import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeAll, writeAside } from './write-aside.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'pcam-aside-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

it('has its own name only when it is whole', async () => {
  const path = join(dir, 'new/folder/a.bin');
  await writeAside(path, async (file) => {
    await writeAll(file, Buffer.from('hello '));
    expect(await readdir(join(dir, 'new/folder'))).toEqual([expect.stringMatching(/^\.a\.bin\..*\.tmp$/)]);
    await writeAll(file, Buffer.from('there'));
  });
  expect(await readFile(path, 'utf8')).toBe('hello there');
  expect(await readdir(join(dir, 'new/folder'))).toEqual(['a.bin']);
});

it('leaves what was there when writing fails', async () => {
  const path = join(dir, 'a.bin');
  await writeFile(path, 'old');
  const failing = writeAside(path, async (file) => {
    await writeAll(file, Buffer.from('half'));
    throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
  });
  await expect(failing).rejects.toMatchObject({
    code: 'disk-full',
    message: `no space left to write ${path}; free some or choose another folder`,
  });
  expect(await readdir(dir)).toEqual(['a.bin']);
  expect(await readFile(path, 'utf8')).toBe('old');
});

it('says what stands in the way', async () => {
  await writeFile(join(dir, 'file'), '');
  const below = writeAside(join(dir, 'file/below'), async () => {});
  await expect(below).rejects.toMatchObject({
    code: 'unwritable',
    message: expect.not.stringContaining('\n'),
  });
});

it('leaves nothing behind when the process exits midway', async () => {
  const script = `
    import { writeAside } from ${JSON.stringify(new URL('./write-aside.ts', import.meta.url).href)};
    await writeAside(process.argv[1], async (file) => {
      await file.write('half');
      process.exit(130);
    });`;
  const args = ['--import=tsx', '--input-type=module', '-e', script, join(dir, 'a.bin')];
  expect(spawnSync(process.execPath, args, { encoding: 'utf8' })).toMatchObject({ status: 130, stderr: '' });
  expect(await readdir(dir)).toEqual([]);
});

it('removes what a killed process left a day ago, and nothing else', async () => {
  const names = [
    '.a.bin.7.0123abcd.tmp',
    '.a.bin.8.0123abcd.tmp',
    '.b.bin.7.0123abcd.tmp',
    '.a.bin.notes.tmp',
  ];
  for (const name of names) await writeFile(join(dir, name), 'half');
  for (const name of names.filter((_, k) => k !== 1)) await utimes(join(dir, name), 1e9, 1e9);
  await writeAside(join(dir, 'a.bin'), async () => {});
  expect((await readdir(dir)).sort()).toEqual([...names.slice(1), 'a.bin'].sort());
});
