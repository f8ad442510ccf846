import { type ChildProcess, spawn } from 'node:child_process';
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

/** Runs a command-line program of this repository from source, as a user would run the built one. */
export function command(entry: URL): (args: readonly string[], options?: CommandOptions) => Promise<Outcome> {
  const flags = ['--conditions=@pcam/source', `--import=${import.meta.resolve('tsx')}`, fileURLToPath(entry)];
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
