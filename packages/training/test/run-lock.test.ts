import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { thisProcess } from '@pcam/files';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkRunFolder, createRun, openRun } from '../src/node/index.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pcam-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const config = { model: 'tiny' };
const lockOf = (dir: string): string => join(dir, 'run.lock');
const write = (owner: object): void =>
  writeFileSync(lockOf(folder), JSON.stringify({ ...thisProcess('x'), ...owner }));
/** The number of a process that has ended. */
const ended = (): number => spawnSync(process.execPath, ['-e', '']).pid;

describe('two trainings in one run folder', () => {
  test('the second is refused, by the first one’s number and time; closing gives the folder back', () => {
    const run = createRun(folder, { config });
    expect(JSON.parse(readFileSync(lockOf(folder), 'utf8'))).toMatchObject({
      pid: process.pid,
      host: hostname(),
    });
    for (const resume of [false, true]) {
      expect(() => createRun(folder, { config, resume })).toThrow(
        /is in use by this process since 20.*; close it there first/,
      );
    }
    run.close();
    expect(readdirSync(folder).sort()).toEqual(['config.json', 'environment.json']);
    createRun(folder, { config }).close();
  });

  test('of another process that lives', () => {
    write({ pid: process.ppid, birth: undefined });
    expect(() => createRun(folder, { config })).toThrow(
      new RegExp(
        `is in use by process ${process.ppid} since .*; wait for it or stop it, or choose another folder`,
      ),
    );
    expect(() => checkRunFolder(folder)).toThrow('is in use by process');
    expect(existsSync(join(folder, 'config.json'))).toBe(false);
  });

  test('of another host: it is said what to do', () => {
    write({ host: 'elsewhere', pid: ended() });
    expect(() => createRun(folder, { config })).toThrow(
      /is in use by process \d+ on host elsewhere since .*; if it runs there no longer, delete .*run\.lock/,
    );
  });

  test('the lock of a process that died is taken over with a note', () => {
    const pid = ended();
    write({ pid });
    const run = createRun(folder, { config });
    expect(run.notes).toEqual([expect.stringContaining(`was left by process ${pid}`)]);
    run.close();
    expect(existsSync(lockOf(folder))).toBe(false);
  });

  test.skipIf(!existsSync('/proc/self/stat'))(
    'and so is one of a process whose number another has now',
    () => {
      write({ pid: process.pid, birth: 'an earlier start/1' });
      createRun(folder, { config }).close();
    },
  );

  test('of a container whose processes are not seen here, under the same host name, is not taken over', () => {
    write({ pid: ended(), pids: 'pid:[1]' });
    expect(() => createRun(folder, { config, resume: true })).toThrow(
      /is in use by process \d+ on host .*; if it runs there no longer, delete .*run\.lock/,
    );
  });

  test('a lock that names nobody is not taken over', () => {
    writeFileSync(lockOf(folder), '');
    expect(() => createRun(folder, { config })).toThrow(/names no owner; if no training runs in .*, delete/);
  });

  test('reading needs no lock; the first write does', async () => {
    createRun(folder, { config }).close();
    const reader = openRun(folder);
    expect(existsSync(lockOf(folder))).toBe(false);
    const writer = openRun(folder);
    await writer.log.rewind(0);
    await expect(reader.store.write('curves.json', new Uint8Array(1))).rejects.toThrow(
      'is in use by this process',
    );
    await reader.store.read('curves.json');
    reader.close();
    expect(existsSync(lockOf(folder))).toBe(true);
    writer.close();
    expect(existsSync(lockOf(folder))).toBe(false);
  });
});
