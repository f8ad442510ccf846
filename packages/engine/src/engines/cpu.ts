import {
  findBackend,
  getKernel,
  type KernelFunc,
  registerKernel,
  setBackend,
  type TensorInfo,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import type { Candidate, Started } from './candidate.js';

/** Plain JavaScript: slow, needs nothing, the reference for every other engine. */
export const cpu: Candidate = {
  name: 'cpu',
  about: 'plain JavaScript',
  mend: 'npm install @tensorflow/tfjs-backend-cpu',
  async start(): Promise<Started> {
    await registerCpu();
    // tfjs advises, at first use, to install tfjs-node: who asked for cpu knows.
    (findBackend('cpu') as { firstUse?: boolean }).firstUse = false;
    await setBackend('cpu');
    return { backend: 'cpu', device: 'CPU, plain JavaScript', threads: 1 };
  },
};

let mended = false;

/** Registers the cpu backend, which other engines fall back on, and mends what it gets wrong. */
export async function registerCpu(): Promise<void> {
  await import('@tensorflow/tfjs-backend-cpu');
  if (mended) return;
  mended = true;
  const original = getKernel('ResizeBilinearGrad', 'cpu')!;
  // tfjs 4.22 swaps height and width in the result's shape; its numbers are right.
  const kernelFunc: KernelFunc = (args) => {
    const { dataId, dtype } = original.kernelFunc(args) as TensorInfo;
    return { dataId, dtype, shape: (args.inputs.images as TensorInfo).shape };
  };
  unregisterKernel('ResizeBilinearGrad', 'cpu');
  registerKernel({ ...original, kernelFunc });
}
