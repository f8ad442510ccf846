/** How often a kernel ran, and where. */
export interface KernelCount {
  native: number;
  /** In JavaScript, by the kernel copied from the cpu backend. */
  copied: number;
}

const counts = new Map<string, KernelCount>();

export function countKernel(name: string, where: keyof KernelCount): void {
  let count = counts.get(name);
  if (count === undefined) {
    count = { native: 0, copied: 0 };
    counts.set(name, count);
  }
  count[where]++;
}

/** Which kernels ran where since the last reset, most calls first: nothing hot stays in JavaScript unnoticed. */
export function kernelCounts(): ReadonlyMap<string, Readonly<KernelCount>> {
  const calls = ({ native, copied }: KernelCount): number => native + copied;
  return new Map(
    [...counts].sort(([, a], [, b]) => calls(b) - calls(a)).map(([name, c]) => [name, { ...c }]),
  );
}

/** Begins to count anew, for `kernelCounts`. */
export function resetKernelCounts(): void {
  counts.clear();
}
