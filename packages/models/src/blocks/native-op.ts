import { engine, getBackend, getKernel, type Tensor } from '@tensorflow/tfjs-core';

/*
 * Some backends have kernels for whole ops of ours: @pcam/tfjs-backend-native, whose README lists them with their
 * inputs and attributes. Such an op has its usual, composed definition too, and that is what every other engine
 * runs, and what this one runs where the gradient will itself be differentiated: the native kernels have no
 * gradients of their own, the composed definition is differentiable to any order.
 */

/** Whether this engine has the kernel. */
export function hasKernel(name: string): boolean {
  return getKernel(name, getBackend()) !== undefined;
}

/** Whether this engine has the kernel and, inside a gradient, nobody differentiates what it computes. */
export function isFinal(name: string): boolean {
  return !engine().isTapeOn() && hasKernel(name);
}

/** Runs a kernel that tfjs-core has no function for. */
export function runKernel<T extends Tensor | Tensor[]>(
  name: string,
  inputs: Record<string, Tensor>,
  attrs: Record<string, number | string | boolean | readonly number[]> = {},
): T {
  return engine().runKernel<T>(name, inputs, attrs as Parameters<ReturnType<typeof engine>['runKernel']>[2]);
}
