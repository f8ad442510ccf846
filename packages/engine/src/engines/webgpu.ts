import { engine, findBackend, setBackend } from '@tensorflow/tfjs-core';
import { inNode } from '../node-modules.js';
import type { Candidate, Started, Surroundings } from './candidate.js';

interface Dawn {
  create(flags: readonly string[]): unknown;
  readonly globals: object;
}

/** tfjs's WebGPU backend: in Node on Dawn (npm `webgpu`), in a browser on the browser's own. */
export const webgpu: Candidate = {
  name: 'webgpu',
  about: 'a graphics card',
  mend: 'npm install webgpu @tensorflow/tfjs-backend-webgpu (and a Vulkan, Metal or D3D12 driver)',
  async start({ load }: Surroundings): Promise<Started> {
    const gpu = await provideWebGpu(load);
    const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (adapter === null) throw new Error('no graphics driver offers a WebGPU adapter');
    // A page may have imported it by itself.
    if (!('webgpu' in engine().registryFactory)) await load('@tensorflow/tfjs-backend-webgpu');
    if (findBackend('webgpu') === null && !(await setBackend('webgpu'))) {
      throw new Error('tfjs-backend-webgpu does not start on this adapter');
    }
    await setBackend('webgpu');
    const { vendor, architecture, description } = adapter.info;
    const device = [vendor, architecture, description].filter(Boolean).join(' ');
    return { backend: 'webgpu', device: device || 'unnamed WebGPU adapter', threads: 0 };
  },
};

interface Gpu {
  requestAdapter(options: object): Promise<{
    info: { vendor?: string; architecture?: string; description?: string };
  } | null>;
}

/** Sets `navigator.gpu` and the WebGPU constants, which the tfjs backend reads from the global scope. */
async function provideWebGpu(load: Surroundings['load']): Promise<Gpu> {
  const scope = globalThis as { navigator?: { gpu?: Gpu } };
  if (scope.navigator?.gpu) return scope.navigator.gpu;
  if (!inNode()) throw new Error('this browser has no WebGPU (or this page is not served by https)');
  const { create, globals } = (await load('webgpu')) as Dawn;
  Object.assign(globalThis, globals);
  const gpu = create([]) as Gpu;
  if (scope.navigator === undefined) {
    Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true });
  }
  Object.defineProperty(scope.navigator!, 'gpu', { value: gpu, configurable: true });
  return gpu;
}
