import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeDiskError, diskWords } from './disk-words.js';
import { makeFolder } from './folders.js';
import { replaceFile, writeAll, writeAside } from './write-aside.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'pcam-aside-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

it('has its own name only when it is whole', async () => {
  const path = join(dir, 'new/folder/a.bin');
  makeFolder(join(dir, 'new/folder'));
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
  const error: unknown = await failing.catch((reason) => reason);
  expect(error).toMatchObject({ code: 'ENOSPC' });
  expect(describeDiskError(error, path, { afterwards: ' or choose another folder' })).toBe(
    `cannot write ${path}: the disk is full; free some space or choose another folder`,
  );
  expect(await readdir(dir)).toEqual(['a.bin']);
  expect(await readFile(path, 'utf8')).toBe('old');
});

it('says what stands in the way', async () => {
  await writeFile(join(dir, 'file'), '');
  const below = writeAside(join(dir, 'file/below'), async () => {});
  const error: unknown = await below.catch((reason) => reason);
  expect(error).toMatchObject({ code: 'ENOTDIR' });
  expect(describeDiskError(error, 'x')).toBe(
    'cannot write x: a part of the path is a file; choose another place',
  );
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

it('replaces a file at once; under a fixed name aside it writes over what was left there', async () => {
  const path = join(dir, 'a.json');
  replaceFile(path, 'old');
  await writeFile(join(dir, 'a.json.partial'), 'half of something longer');
  replaceFile(path, Buffer.from('new'), `${path}.partial`);
  expect(await readFile(path, 'utf8')).toBe('new');
  expect(await readdir(dir)).toEqual(['a.json']);
});

it('touches no file of others, be it called partial, where it fails', async () => {
  await writeFile(join(dir, 'a.json.partial'), 'of another program');
  await mkdir(join(dir, 'a.json'));
  expect(() => replaceFile(join(dir, 'a.json'), 'new')).toThrow('EISDIR');
  expect((await readdir(dir)).sort()).toEqual(['a.json', 'a.json.partial']);
});

it('replaces a link, not what it points to', async () => {
  await writeFile(join(dir, 'elsewhere'), 'mine');
  await symlink(join(dir, 'elsewhere'), join(dir, 'link'));
  replaceFile(join(dir, 'link'), 'new');
  expect(await readFile(join(dir, 'elsewhere'), 'utf8')).toBe('mine');
  expect(await readFile(join(dir, 'link'), 'utf8')).toBe('new');
});

it.each([
  ['EDQUOT', 'the disk quota is used up; free some space, then go on'],
  ['EROFS', 'the file system is read-only; choose another folder'],
  ['EACCES', 'permission denied; choose another folder or change its permissions'],
  ['ENAMETOOLONG', 'the name is too long; choose a shorter one'],
  ['EISDIR', 'it is a folder, not a file'],
])('has words for %s', (code, words) => {
  const error = Object.assign(new Error(code), { code });
  expect(diskWords(error, { instead: 'another folder', afterwards: ', then go on' })).toBe(words);
});

it('has none for what is no system error', () => {
  for (const error of [
    new Error('x'),
    'x',
    undefined,
    Object.assign(new Error('x'), { code: 'constructor' }),
  ])
    expect(diskWords(error)).toBeUndefined();
});
