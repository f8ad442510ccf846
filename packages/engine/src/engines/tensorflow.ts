import { findBackend, setBackend } from '@tensorflow/tfjs-core';
import { nodeModule } from '../node-modules.js';
import type { Candidate, Started, Surroundings } from './candidate.js';

const GPU_PACKAGE = '@tensorflow/tfjs-node-gpu';
const CPU_PACKAGE = '@tensorflow/tfjs-node';

/** libtensorflow where it finds a CUDA device. */
export const cuda: Candidate = {
  name: 'tensorflow',
  nodeOnly: true,
  title: 'tensorflow on CUDA',
  mend: `npm install ${GPU_PACKAGE}, with CUDA 11.2 and cuDNN 8.1`,
  async start(surroundings: Surroundings): Promise<Started> {
    const found = await loadFirst([GPU_PACKAGE], surroundings);
    if (!found.gpu) throw new Error(`${GPU_PACKAGE} finds no CUDA device`);
    return select(found);
  },
};

/** libtensorflow on whatever it finds; the package for CUDA runs on the CPU where there is no device. */
export const tensorflow: Candidate = {
  name: 'tensorflow',
  about: 'CUDA, else CPU',
  nodeOnly: true,
  mend: `npm install ${GPU_PACKAGE} (CUDA) or npm install ${CPU_PACKAGE} (CPU)`,
  async start(surroundings: Surroundings): Promise<Started> {
    return select(await loadFirst([GPU_PACKAGE, CPU_PACKAGE], surroundings));
  },
};

interface Found {
  readonly name: string;
  readonly gpu: boolean;
}

/** Loads the first package that brings libtensorflow; throws what was wrong with each of them. */
async function loadFirst(names: readonly string[], { load }: Surroundings): Promise<Found> {
  restoreRemovedUtil();
  const failures: string[] = [];
  for (const name of names) {
    try {
      await load(name);
      const backend = findBackend('tensorflow') as { isUsingGpuDevice?: boolean } | null;
      if (backend === null) throw new Error('it loads but registers no backend');
      return { name, gpu: backend.isUsingGpuDevice === true };
    } catch (error) {
      const why = reason(error);
      failures.push(why.startsWith(name) ? why : `${name}: ${why}`);
    }
  }
  throw new Error(failures.join(', '));
}

async function select({ name, gpu }: Found): Promise<Started> {
  if (!(await setBackend('tensorflow'))) throw new Error(`${name}: its backend does not start`);
  return {
    backend: 'tensorflow',
    device: `${gpu ? 'CUDA device' : 'CPU'} (${name})`,
    threads: gpu ? 0 : nodeModule('node:os').availableParallelism(),
  };
}

/** tfjs-node 4.22 calls `util.isNullOrUndefined`, which Node 23 removed. */
function restoreRemovedUtil(): void {
  const legacy = nodeModule('node:util') as { isNullOrUndefined?: (value: unknown) => boolean };
  legacy.isNullOrUndefined ??= (value) => value === null || value === undefined;
}

function reason(error: unknown): string {
  const line = ((error as Error).message ?? String(error)).split('\n')[0]!.trim();
  // The package's own line names a path of this machine and not what happened: its build script did not run.
  return line.includes('tfjs_binding.node) can not be found') ? 'its native part is not built' : line;
}
