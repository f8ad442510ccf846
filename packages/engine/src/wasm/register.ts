import { getKernel, type KernelConfig, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';
import { convKernels } from './kernels-conv.js';
import { matMulKernels } from './kernels-matmul.js';

const KERNELS: readonly KernelConfig[] = [...convKernels, ...matMulKernels];

/**
 * Registers, for backend `wasm`, the kernels that training needs and that tfjs leaves out or leaves
 * slow. Safe to call twice.
 */
export function registerTrainingKernels(): void {
  for (const kernel of KERNELS) {
    const present = getKernel(kernel.kernelName, 'wasm');
    if (present?.kernelFunc === kernel.kernelFunc) continue;
    if (present !== undefined) unregisterKernel(kernel.kernelName, 'wasm');
    registerKernel(kernel);
  }
}
