import { getKernel, type KernelConfig, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';
import { convKernels } from './kernels-conv.js';
import { matMulKernels } from './kernels-matmul.js';
import { plainKernels } from './kernels-plain.js';
import { reductions } from './kernels-sum.js';
import { overrides } from './overrides.js';
import { kernelsViaCpu } from './via-cpu.js';

const KERNELS: readonly KernelConfig[] = [...convKernels, ...matMulKernels, ...plainKernels];

let registered = false;

/**
 * Registers, for backend `wasm`, the kernels that training needs and that tfjs leaves out or leaves
 * slow or wrong. Needs the cpu backend to be registered. Safe to call twice.
 */
export function registerTrainingKernels(): void {
  if (registered) return;
  registered = true;
  const wrapped = [...reductions, ...overrides].flatMap(({ kernelName, around }): KernelConfig[] => {
    const present = getKernel(kernelName, 'wasm');
    return present === undefined ? [] : [{ ...present, kernelFunc: around(present.kernelFunc) }];
  });
  for (const kernel of [...KERNELS, ...kernelsViaCpu(), ...wrapped]) {
    if (getKernel(kernel.kernelName, 'wasm')) unregisterKernel(kernel.kernelName, 'wasm');
    registerKernel(kernel);
  }
}
