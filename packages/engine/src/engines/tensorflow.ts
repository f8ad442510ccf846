import { findBackend, setBackend } from '@tensorflow/tfjs-core';
import type { Candidate, Started, Surroundings } from './candidate.js';

/** The two packages that bring libtensorflow; the one for CUDA runs on the CPU where no device is found. */
const PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

/** libtensorflow: on CUDA through tfjs-node-gpu, on the CPU through either package. */
export const tensorflow: Candidate = {
  name: 'tensorflow',
  mend: 'npm install @tensorflow/tfjs-node-gpu (CUDA) or npm install @tensorflow/tfjs-node (CPU)',
  async start({ load }: Surroundings): Promise<Started> {
    await restoreRemovedUtil();
    const failures: string[] = [];
    for (const name of PACKAGES) {
      try {
        await load(name);
        const backend = findBackend('tensorflow') as { isUsingGpuDevice?: boolean } | null;
        if (backend === null || !(await setBackend('tensorflow'))) {
          throw new Error('it loads but registers no backend');
        }
        const gpu = backend.isUsingGpuDevice === true;
        const { availableParallelism } = await import('node:os');
        return {
          backend: 'tensorflow',
          device: `${gpu ? 'CUDA device' : 'CPU'} (${name})`,
          threads: gpu ? 0 : availableParallelism(),
        };
      } catch (error) {
        failures.push(`${name}: ${reason(error)}`);
      }
    }
    throw new Error(failures.join(', '));
  },
};

/** tfjs-node 4.22 calls `util.isNullOrUndefined`, which Node 23 removed. */
async function restoreRemovedUtil(): Promise<void> {
  if (typeof process === 'undefined' || !process.versions?.node) {
    throw new Error('libtensorflow runs in Node only');
  }
  const { default: util } = await import('node:util');
  const legacy = util as { isNullOrUndefined?: (value: unknown) => boolean };
  legacy.isNullOrUndefined ??= (value) => value === null || value === undefined;
}

function reason(error: unknown): string {
  const line = ((error as Error).message ?? String(error)).split('\n')[0]!.trim();
  // The package's own line names a path of this machine and not what happened: its build script did not run.
  return line.includes('tfjs_binding.node) can not be found') ? 'its native part is not built' : line;
}
