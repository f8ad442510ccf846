import '@tensorflow/tfjs-backend-cpu';
import {
  copyRegisteredKernels,
  findBackend,
  getKernelsForBackend,
  type KernelConfig,
  type KernelFunc,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  registerBackend,
  registerKernel,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import { loadAddon } from './addon.js';
import { NativeBackend } from './backend.js';
import { countKernel } from './counters.js';
import type { NativeKernel } from './kernel.js';
import { nativeKernels } from './kernels/index.js';

/** The backend's name in tfjs's registry. */
export const BACKEND = 'native';

/**
 * Registers the backend and its kernels; a second call does nothing.
 * @throws Error in one line if there is no binary for this machine.
 */
export function registerNativeBackend(): void {
  const addon = loadAddon();
  if (findBackend(BACKEND) !== null) return;
  // Above wasm (2), below tfjs-node (3), in tfjs's own order of preference.
  registerBackend(BACKEND, () => new NativeBackend(addon), 2.5);
  copyRegisteredKernels('cpu', BACKEND);
  const copied = new Map(getKernelsForBackend(BACKEND).map((config) => [config.kernelName, config]));
  const native = new Map(nativeKernels.map((kernel) => [kernel.name, kernel]));
  for (const name of new Set([...copied.keys(), ...native.keys()])) {
    const fallback = copied.get(name);
    if (fallback) unregisterKernel(name, BACKEND);
    registerKernel(counted(name, native.get(name), fallback));
  }
}

function counted(
  name: string,
  native: NativeKernel | undefined,
  copied: KernelConfig | undefined,
): KernelConfig {
  const kernelFunc: KernelFunc = (call) => {
    const { inputs = {} as NamedTensorInfoMap, attrs = {} as NamedAttrMap } = call;
    const result = native?.run({ inputs, attrs, backend: call.backend as NativeBackend });
    if (result !== undefined) {
      countKernel(name, 'native');
      return result;
    }
    if (!copied) throw new Error(`kernel '${name}' of backend 'native' takes float32 tensors only`);
    countKernel(name, 'copied');
    return copied.kernelFunc(call);
  };
  return { ...copied, kernelName: name, backendName: BACKEND, kernelFunc };
}
