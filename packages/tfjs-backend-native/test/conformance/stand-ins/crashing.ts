import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import {
  copyRegisteredKernels,
  registerBackend,
  registerKernel,
  Square,
  unregisterKernel,
} from '@tensorflow/tfjs-core';

/** Takes the process down in `Square`, as a fault in native code does. */
export function register(): void {
  registerBackend('crashing', () => new MathBackendCPU());
  copyRegisteredKernels('cpu', 'crashing');
  unregisterKernel(Square, 'crashing');
  registerKernel({ kernelName: Square, backendName: 'crashing', kernelFunc: () => process.abort() });
}
