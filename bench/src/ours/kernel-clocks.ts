import {
  getKernelsForBackend,
  type KernelConfig,
  type KernelFunc,
  registerKernel,
  unregisterKernel,
} from '@tensorflow/tfjs-core';

export interface KernelTime {
  readonly name: string;
  readonly calls: number;
  /** Without the kernels that it calls. */
  readonly milliseconds: number;
}

export interface KernelClocks {
  /** Puts the kernels back; gives what was measured, the slowest first. */
  stop(): KernelTime[];
}

/**
 * Puts a clock on every kernel of a backend whose kernels compute before they return (native,
 * wasm, cpu). Unlike tf.profile it holds no outputs and reads none back.
 */
export function clockKernels(backend: string): KernelClocks {
  const times = new Map<string, { calls: number; milliseconds: number }>();
  /** Of each kernel under way, the time spent in kernels that it called. */
  const inner: number[] = [];
  const clocked = (name: string, kernel: KernelFunc): KernelFunc => {
    const entry = { calls: 0, milliseconds: 0 };
    times.set(name, entry);
    return (args) => {
      inner.push(0);
      const start = performance.now();
      try {
        return kernel(args);
      } finally {
        const took = performance.now() - start;
        entry.calls++;
        entry.milliseconds += took - inner.pop()!;
        if (inner.length > 0) inner[inner.length - 1]! += took;
      }
    };
  };
  const originals = getKernelsForBackend(backend);
  for (const kernel of originals) {
    replace({ ...kernel, kernelFunc: clocked(kernel.kernelName, kernel.kernelFunc) });
  }
  return {
    stop() {
      originals.forEach(replace);
      return [...times]
        .filter(([, { calls }]) => calls > 0)
        .map(([name, time]) => ({ name, ...time }))
        .sort((a, b) => b.milliseconds - a.milliseconds);
    },
  };
}

function replace(kernel: KernelConfig): void {
  unregisterKernel(kernel.kernelName, kernel.backendName);
  registerKernel(kernel);
}
