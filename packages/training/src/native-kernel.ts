import { engine, getBackend, getKernel, type Tensor } from '@tensorflow/tfjs-core';

/*
 * Some backends have kernels for whole updates of ours: @pcam/tfjs-backend-native, whose README lists them with
 * their inputs and attributes. What is here has its usual definition too, for every other engine.
 */

/** Whether this engine has the kernel. */
export function hasKernel(name: string): boolean {
  return getKernel(name, getBackend()) !== undefined;
}

/** Runs a kernel that tfjs-core has no function for. */
export function runKernel<T extends Tensor | Tensor[]>(
  name: string,
  inputs: Record<string, Tensor>,
  attrs: Record<string, number | boolean> = {},
): T {
  return engine().runKernel<T>(name, inputs, attrs);
}
