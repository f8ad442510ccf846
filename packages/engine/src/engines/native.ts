import { setBackend } from '@tensorflow/tfjs-core';
import type { Candidate, Started, Surroundings } from './candidate.js';
import { registerCpu } from './cpu.js';

const PACKAGE = '@pcam/tfjs-backend-native';

interface NativePackage {
  /** Why it has no binary here. */
  readonly unavailable?: string;
  instructionSet(): string;
  threads(): number;
}

const INSTRUCTIONS: Readonly<Record<string, string>> = { avx512: 'AVX-512', avx2: 'AVX2' };

/** C++ kernels with SIMD and threads: the fastest on a CPU, in Node only. */
export const native: Candidate = {
  name: 'native',
  about: 'C++',
  nodeOnly: true,
  mend: `npm install ${PACKAGE} or npm rebuild ${PACKAGE}, with a C++17 compiler, make and Python 3`,
  async start({ load }: Surroundings): Promise<Started> {
    // Its kernels start as copies of the cpu backend's.
    await registerCpu();
    const { unavailable, instructionSet, threads } = (await load(PACKAGE)) as NativePackage;
    if (unavailable !== undefined) throw new Error(unavailable);
    if (!(await setBackend('native'))) throw new Error(`${PACKAGE} loads but registers no backend`);
    const device = `CPU, ${INSTRUCTIONS[instructionSet()] ?? 'SIMD'}`;
    return { backend: 'native', device, threads: threads() };
  },
};
