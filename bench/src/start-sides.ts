import { fileURLToPath } from 'node:url';
import { UsageError } from '@pcam/cli';
import type { BenchOptions } from './options.js';
import { findPython, INSTALL } from './python.js';
import { Side } from './side.js';

export function startOurs({ engine, threads }: Pick<BenchOptions, 'engine' | 'threads'>): Side {
  const worker = fileURLToPath(new URL('ours/worker.ts', import.meta.url));
  const flags = ['--conditions=@pcam/source', `--import=${import.meta.resolve('tsx')}`];
  return new Side('ours', process.execPath, [...flags, worker, engine], { PCAM_THREADS: `${threads}` });
}

/**
 * How OpenMP's threads wait for the next parallel region: by spinning, which is the default and
 * the faster on a quiet machine, or asleep, which on a busy one is faster by a factor of ten.
 */
const waits = [
  { wait: 'spinning', env: {} },
  { wait: 'asleep', env: { GOMP_SPINCOUNT: '1000' } },
] as const;

export interface Torch {
  readonly side: Side;
  /** How its threads wait: the way that is faster now. */
  readonly wait: string;
}

/** @throws UsageError that says how to install PyTorch where no interpreter has it. */
export async function startTorch(options: Pick<BenchOptions, 'python' | 'threads'>): Promise<Torch> {
  const python = findPython(options.python === undefined ? undefined : [options.python]);
  if (python === undefined) {
    const where = options.python ?? 'python3 and /usr/bin/python3';
    throw new UsageError(
      `PyTorch is missing (looked in ${where}): ${INSTALL}, or --alone to time ours alone`,
    );
  }
  const script = fileURLToPath(new URL('../torch/peer.py', import.meta.url));
  const count = `${options.threads}`;
  const threads = { PCAM_THREADS: count, OMP_NUM_THREADS: count, OPENBLAS_NUM_THREADS: count };
  const started: (Torch & { milliseconds: number })[] = [];
  for (const { wait, env } of waits) {
    const side = new Side('PyTorch', python, ['-B', script], { ...threads, ...env });
    try {
      started.push({ side, wait, ...(await side.ask('probe', {})) });
    } catch (error) {
      for (const other of [{ side }, ...started]) other.side.close();
      throw error;
    }
  }
  const [best, ...others] = started.sort((a, b) => a.milliseconds - b.milliseconds);
  for (const { side } of others) side.close();
  return best!;
}
