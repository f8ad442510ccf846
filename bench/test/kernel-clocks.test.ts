import { useEngine } from '@pcam/engine';
import {
  engine,
  getKernel,
  matMul,
  ones,
  type Rank,
  registerKernel,
  relu,
  tidy,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { clockKernels } from '../src/ours/kernel-clocks.js';

beforeAll(async () => void (await useEngine('cpu')));

test('kernels are counted, sorted by time and put back', () => {
  const before = getKernel('BatchMatMul', 'cpu')!.kernelFunc;
  const clocks = clockKernels('cpu');
  tidy(() => {
    const a = ones<Rank.R2>([200, 200]);
    relu(matMul(a, matMul(a, a)));
  });
  const times = clocks.stop();
  expect(times[0]).toMatchObject({ name: 'BatchMatMul', calls: 2 });
  expect(times.find(({ name }) => name === 'Relu')).toMatchObject({ calls: 1 });
  expect(getKernel('BatchMatMul', 'cpu')!.kernelFunc).toBe(before);
});

test('time in a kernel that a kernel calls is not counted twice', () => {
  const wait = (ms: number): void => {
    for (const end = performance.now() + ms; performance.now() < end; );
  };
  const kernel = (kernelName: string, kernelFunc: () => never[]) =>
    registerKernel({ kernelName, backendName: 'cpu', kernelFunc });
  kernel('BenchInner', () => {
    wait(20);
    return [];
  });
  kernel('BenchOuter', () => {
    wait(10);
    getKernel('BenchInner', 'cpu')!.kernelFunc({ inputs: {}, backend: {} });
    return [];
  });
  const clocks = clockKernels('cpu');
  engine().runKernel('BenchOuter', {});
  const [inner, outer] = clocks.stop();
  for (const name of ['BenchInner', 'BenchOuter']) unregisterKernel(name, 'cpu');
  expect(inner).toMatchObject({ name: 'BenchInner', calls: 1 });
  expect(outer).toMatchObject({ name: 'BenchOuter', calls: 1 });
  expect(outer!.milliseconds).toBeLessThan(inner!.milliseconds);
});
