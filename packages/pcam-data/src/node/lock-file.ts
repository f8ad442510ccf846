import { open, readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { DataError, fileError, systemCode } from './errors.js';

/**
 * Takes a lock: a file that names its owner. One that a crash left behind is taken over, where its owner was a process
 * of this machine that is no more.
 *
 * @param busy what the owner is doing, e.g. `data/x.h5.gz is being downloaded`.
 * @returns what gives the lock back.
 * @throws DataError unwritable, naming the owner of a lock that is held.
 */
export async function lockFile(path: string, busy: string): Promise<() => Promise<void>> {
  const mine = `${process.pid} ${hostname()}\n`;
  for (let tries = 0; ; tries++) {
    try {
      const file = await open(path, 'wx');
      await file.writeFile(mine);
      await file.close();
      return () => rm(path, { force: true });
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw fileError(error, path, 'write');
    }
    const owner = await readFile(path, 'utf8').catch(() => '');
    const [pid = '', host = ''] = owner.trim().split(' ');
    if (tries === 0 && host === hostname() && !isRunning(Number(pid))) {
      await rm(path, { force: true });
      continue;
    }
    throw new DataError(
      'unwritable',
      `${busy} by another process${pid ? ` (${pid} on ${host})` : ''}; wait for it, or delete ${path} if it is no more`,
    );
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) !== 'ESRCH';
  }
}
