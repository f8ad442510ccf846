import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Backend } from './backends.js';
import { bundle } from './bundle.js';

const packageRoot = fileURLToPath(new URL('../../', import.meta.url));

export interface Run {
  /** What the script wrote to the file that is its first argument. */
  output: string;
  /** Exit code, or the signal that ended the process. */
  end: number | NodeJS.Signals;
  /** The end of what it wrote to stderr. */
  stderr: string;
}

/** Runs a script's `main` with a backend in a process of its own, with the backend's name as second argument. */
export async function runOn(
  backend: Backend,
  script: URL,
  args: string[],
  nodeFlags: string[] = [],
): Promise<Run> {
  // Inside the package, so that the bundle finds jasmine-core.
  const folder = await mkdtemp(join(packageRoot, '.tmp-on-'));
  try {
    const [code, output] = [join(folder, 'main.cjs'), join(folder, 'output')];
    await bundle(backend, fileURLToPath(script), code);
    const ended = await runNode([...nodeFlags, code, output, backend.name, ...args]);
    return { output: await readFile(output, 'utf8').catch(() => ''), ...ended };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function runNode(args: string[]): Promise<Omit<Run, 'output'>> {
  // Native code that hangs is ended, so that it can be named.
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: 500_000,
    killSignal: 'SIGKILL',
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-2_000);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ end: signal ?? code!, stderr }));
  });
}
