import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Outcome {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Sees the process while it runs, e.g. to kill it. */
  readonly onStart?: (child: ChildProcess) => void;
}

function sourceFlags(entry: URL): string[] {
  return ['--conditions=@pcam/source', `--import=${import.meta.resolve('tsx')}`, fileURLToPath(entry)];
}

/** Runs a command-line program of this repository from source, as a user would run the built one. */
export function command(entry: URL): (args: readonly string[], options?: CommandOptions) => Promise<Outcome> {
  const flags = sourceFlags(entry);
  return (args, { cwd = dirname(fileURLToPath(entry)), env, onStart } = {}) =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [...flags, ...args], { cwd, env: { ...process.env, ...env } });
      let stdout = '';
      let stderr = '';
      child.stdout.on('data', (text) => {
        stdout += text;
      });
      child.stderr.on('data', (text) => {
        stderr += text;
      });
      child.on('error', reject);
      child.on('close', (status, signal) => resolve({ status, signal, stdout, stderr }));
      onStart?.(child);
    });
}

/** Whether this user may mount a small disk in a namespace of its own; tests of full disks skip where not. */
export function canMount(): boolean {
  if (process.platform !== 'linux') return false;
  const mount = `mount -t tmpfs tmpfs '${tmpdir()}'`;
  return spawnSync('unshare', ['-rm', 'sh', '-c', mount], { stdio: 'ignore' }).status === 0;
}

export interface OnDisk extends Omit<Outcome, 'signal'> {
  /** What was left on the disk, as `find` lists it. */
  readonly left: readonly string[];
}

/**
 * Runs a program from source with a small disk (tmpfs) mounted at `disk`, seen by it alone.
 * @param options of mount, e.g. `size=64k` or `ro`.
 */
export function onSmallDisk(entry: URL, args: readonly string[], disk: string, options: string): OnDisk {
  const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
  const program = [process.execPath, ...sourceFlags(entry), ...args].map(quote).join(' ');
  const script = `mount -t tmpfs -o ${options} tmpfs ${quote(disk)}; ${program}; status=$?; echo; echo ---LEFT; find ${quote(disk)} -mindepth 1; exit $status`;
  const { status, stdout, stderr } = spawnSync('unshare', ['-rm', 'sh', '-c', script], { encoding: 'utf8' });
  const [printed = '', left = ''] = stdout.split('\n---LEFT\n');
  return { status, stdout: printed, stderr, left: left.split('\n').filter(Boolean) };
}
