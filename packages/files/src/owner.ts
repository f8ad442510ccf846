import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process that holds a lock. */
export interface Owner {
  readonly pid: number;
  readonly host: string;
  /** ISO 8601. */
  readonly since: string;
  /** Tells the process from a later one of the same number, where the system says; see {@link birthOf}. */
  readonly birth?: string;
  /** The world in which `pid` counts, where the system has several: a container has its own, maybe under one host name. */
  readonly pids?: string;
  /** Tells two locks of one process apart. */
  readonly id: string;
}

export function thisProcess(id: string): Owner {
  const birth = birthOf(process.pid);
  const since = new Date().toISOString();
  const pids = pidNamespace();
  return {
    ...{ pid: process.pid, host: hostname(), since },
    ...(birth !== undefined && { birth }),
    ...(pids !== undefined && { pids }),
    id,
  };
}

/** Whether the owner lives; of another host, or another container, nobody here can tell. */
export function lives({ pid, host, birth, pids }: Owner): boolean | 'unknown' {
  if (host !== hostname() || (pids !== undefined && pids !== pidNamespace())) return 'unknown';
  try {
    process.kill(pid, 0); // asks only
  } catch (error) {
    // Not permitted: it lives, as another user's.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const now = birthOf(pid);
  return birth === undefined || now === undefined || now === birth;
}

/** Linux's (pid_namespaces(7)); undefined elsewhere. */
function pidNamespace(): string | undefined {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return undefined;
  }
}

/**
 * When a process was born, in clock ticks since this start of the system (proc(5)); undefined where the system does
 * not say so, `'dead'` of a process that has ended and that its parent has not yet asked after.
 */
function birthOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the command's name in brackets, which may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return fields[0] === 'Z' ? 'dead' : `${boot}/${fields[19]}`;
  } catch {
    return undefined;
  }
}
