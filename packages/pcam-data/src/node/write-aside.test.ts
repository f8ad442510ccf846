import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeAside } from './write-aside.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'pcam-aside-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

it('makes the folders, and leaves what was there when writing fails', async () => {
  const path = join(dir, 'new/folder/a.bin');
  await writeAside(path, (file) => file.writeFile('old'));
  const failing = writeAside(path, async (file) => {
    await file.writeFile('half');
    throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
  });
  await expect(failing).rejects.toMatchObject({
    name: 'DataError',
    code: 'disk-full',
    message: `cannot write ${path}: the disk is full; free some space or choose another folder`,
  });
  expect(await readdir(join(dir, 'new/folder'))).toEqual(['a.bin']);
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
