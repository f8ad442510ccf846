import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import {
  copyRegisteredKernels,
  getKernel,
  type KernelFunc,
  registerBackend,
  registerKernel,
  Square,
  unregisterKernel,
} from '@tensorflow/tfjs-core';

class Leaky extends MathBackendCPU {}

/** Forgets a buffer in every `Square`: shows that tfjs's leak checks are live in the runner. */
export function register(): void {
  registerBackend('leaky', () => new Leaky());
  copyRegisteredKernels('cpu', 'leaky');
  const square = getKernel(Square, 'leaky').kernelFunc;
  unregisterKernel(Square, 'leaky');
  const kernelFunc: KernelFunc = (params) => {
    (params.backend as Leaky).write(new Float32Array(1), [1], 'float32');
    return square(params);
  };
  registerKernel({ kernelName: Square, backendName: 'leaky', kernelFunc });
}
