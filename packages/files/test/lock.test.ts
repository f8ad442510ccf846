import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findHolder, HeldError, type Lock, takeLock, thisProcess } from '../src/index.js';

let folder: string;
let lockPath: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pcam-lock-'));
  lockPath = join(folder, 'a.lock');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (owner: object): void =>
  writeFileSync(lockPath, JSON.stringify({ ...thisProcess('x'), ...owner }));
/** The number of a process that has ended. */
const ended = (): number => spawnSync(process.execPath, ['-e', '']).pid;

/** What taking the lock, or looking for its holder, fails with. */
function refusals(): HeldError[] {
  return [() => takeLock(lockPath), () => findHolder(lockPath)].map((work) => {
    try {
      work();
    } catch (error) {
      expect(error).toBeInstanceOf(HeldError);
      return error as HeldError;
    }
    return expect.unreachable('it was not refused');
  });
}

it('is one process’s, until it gives it back', () => {
  const lock: Lock = takeLock(lockPath);
  for (const error of refusals()) expect(error).toMatchObject({ alive: true, owner: { pid: process.pid } });
  lock.release();
  expect(readdirSync(folder)).toEqual([]);
  findHolder(lockPath);
});

it('names a holder that nobody here can ask after, and is taken over from a dead one alone', () => {
  const pid = ended();
  write({ pid, host: 'elsewhere' });
  for (const error of refusals()) {
    expect(error).toMatchObject({ alive: 'unknown', owner: { pid, host: 'elsewhere' } });
    expect(error.message).toBe(
      `${lockPath} is held by process ${pid} on host elsewhere; if that runs no longer, delete it`,
    );
  }
  writeFileSync(lockPath, '');
  for (const error of refusals()) expect(error).toMatchObject({ alive: 'unknown', owner: undefined });
  write({ pid });
  findHolder(lockPath);
  const lock = takeLock(lockPath);
  expect(lock.takenFrom).toMatchObject({ pid });
  lock.release();
});

it('of processes that take over a dead one’s lock at the same moment, one gets it', async () => {
  write({ pid: ended() });
  const script = fileURLToPath(new URL('./support/lock-child.ts', import.meta.url));
  const flags = ['--conditions=@pcam/source', '--import=tsx', script];
  const go = join(folder, 'go');
  const children = Array.from({ length: 3 }, () => spawn(process.execPath, [...flags, lockPath, go]));
  const next = (child: (typeof children)[number]): Promise<string> =>
    new Promise((resolve) => child.stdout.once('data', (chunk) => resolve(String(chunk).trim())));
  await Promise.all(children.map(next)); // ready
  const outcomes = children.map(next);
  writeFileSync(go, '');
  const lines = await Promise.all(outcomes);
  expect(lines.filter((line) => line === 'got it')).toHaveLength(1);
  expect(lines.filter((line) => line.includes('is held by process'))).toHaveLength(2);
  const ends = children.map((child) => new Promise((resolve) => child.on('close', resolve)));
  for (const child of children) child.stdin.end();
  await Promise.all(ends);
  // Given back as the process ended that had it.
  expect(readdirSync(folder)).toEqual(['go']);
});

it('a lock that changed hands is not given back by its former owner', () => {
  const lock = takeLock(lockPath);
  write({ pid: process.ppid });
  lock.release();
  expect(existsSync(lockPath)).toBe(true);
});
