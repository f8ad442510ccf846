import {
  engine,
  getBackend,
  getGradient,
  getKernel,
  type NamedAttrMap,
  type Tensor,
} from '@tensorflow/tfjs-core';

/*
 * Some backends have kernels for whole ops and updates that tfjs-core has no function for:
 * @pcam/tfjs-backend-native, whose README lists them with their inputs and attributes. What runs them has its usual,
 * composed definition too, and that is what every other engine runs, and what this one runs where a gradient will
 * itself be differentiated: such kernels have no gradients of their own, the composed definition is differentiable
 * to any order.
 */

/** Whether the backend that tfjs computes on now has the kernel. */
export function hasKernel(name: string): boolean {
  return getKernel(name, getBackend()) !== undefined;
}

/**
 * Whether the backend has the kernel and, inside a gradient, nobody differentiates what it computes: the last order
 * of derivative, where a kernel without a gradient of its own is as good as ops that have one.
 */
export function isFinal(name: string): boolean {
  return !engine().isTapeOn() && hasKernel(name);
}

/**
 * Runs a kernel that tfjs-core has no function for, on the tape where one is on.
 *
 * @param attrs those that the kernel does not know do no harm.
 * @throws Error that names the kernel, where the backend has none of that name.
 */
export function runKernel<T extends Tensor | Tensor[] = Tensor>(
  name: string,
  inputs: Readonly<Record<string, Tensor>>,
  attrs: object = {},
): T {
  return engine().runKernel<T>(name, { ...inputs }, { ...attrs } as NamedAttrMap);
}

/** Whether tfjs can differentiate: `@tensorflow/tfjs` or `registerGradients()` has registered its gradients. */
export function hasGradients(): boolean {
  return getGradient('Sum') !== undefined && getGradient('Identity') !== undefined;
}
