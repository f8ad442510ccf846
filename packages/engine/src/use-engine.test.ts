import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, test } from 'vitest';
import { useEngine } from './index.js';

/** A backend that stands in for libtensorflow's; it need not compute. */
class StandIn extends tf.KernelBackend {
  readonly isUsingGpuDevice: boolean;
  constructor(gpu: boolean) {
    super();
    this.isUsingGpuDevice = gpu;
  }
  override dispose(): void {}
}

type Packages = Readonly<Record<string, () => unknown>>;

function loader(packages: Packages): { load: (name: string) => Promise<unknown>; asked: string[] } {
  const asked: string[] = [];
  const load = async (name: string): Promise<unknown> => {
    asked.push(name);
    const run = packages[name];
    if (run === undefined) throw new Error(`${name} is not installed`);
    return run() ?? {};
  };
  return { load, asked };
}

/** Options with these packages installed and no others. */
const only = (packages: Packages) => ({ load: loader(packages).load });

const registers = (gpu: boolean) => (): void => {
  tf.registerBackend('tensorflow', () => new StandIn(gpu), 3);
};
const broken = (): void => {
  const line = 'The Node.js native addon module (tfjs_binding.node) can not be found at path: /a/long/path.';
  throw new Error(`${line} \nPlease run command ...`);
};

/** What the native package exports, over a backend that need not compute. */
const nativeRegisters = (): object => {
  tf.registerBackend('native', () => new StandIn(false), 2.5);
  return { unavailable: undefined, instructionSet: () => 'avx2', threads: () => 2 };
};
const unbuilt = (): object => ({
  unavailable: 'no binary for plan9-x64',
  instructionSet: broken,
  threads: broken,
});

afterEach(() => {
  for (const name of ['tensorflow', 'native']) {
    if (tf.engine().registry[name]) tf.removeBackend(name);
  }
});

describe('auto', () => {
  test('takes CUDA where tfjs-node-gpu finds a device', async () => {
    const { load, asked } = loader({ '@tensorflow/tfjs-node-gpu': registers(true) });
    const engine = await useEngine('auto', { load });
    expect(engine).toMatchObject({ engine: 'tensorflow', backend: 'tensorflow', threads: 0 });
    expect(engine.device).toBe('CUDA device (@tensorflow/tfjs-node-gpu)');
    expect(engine.why).toBe('tensorflow is the first choice and starts');
    expect(asked).toEqual(['@tensorflow/tfjs-node-gpu']);
    expect(tf.getBackend()).toBe('tensorflow');
  });

  test('takes native where tfjs-node-gpu finds no device', async () => {
    const engine = await useEngine(
      'auto',
      only({ '@tensorflow/tfjs-node-gpu': registers(false), '@pcam/tfjs-backend-native': nativeRegisters }),
    );
    expect(engine).toMatchObject({ engine: 'native', backend: 'native', threads: 2 });
    expect(engine.device).toBe('CPU, AVX2');
    expect(engine.why).toBe(
      'native is the fastest that starts; passed over tensorflow on CUDA: @tensorflow/tfjs-node-gpu finds ' +
        'no CUDA device (npm install @tensorflow/tfjs-node-gpu, with CUDA 11.2 and cuDNN 8.1)',
    );
  });

  test('passes over native where it is not built, in one line', async () => {
    const engine = await useEngine('auto', only({ '@pcam/tfjs-backend-native': unbuilt }));
    expect(engine.engine).toBe('wasm');
    expect(engine.why).toContain(
      'native: no binary for plan9-x64 (npm install @pcam/tfjs-backend-native or npm rebuild',
    );
    expect(engine.why).not.toContain('\n');
  });

  test('takes tfjs-node-gpu on the CPU where there is neither a device nor native', async () => {
    const engine = await useEngine('auto', only({ '@tensorflow/tfjs-node-gpu': registers(false) }));
    expect(engine.device).toBe('CPU (@tensorflow/tfjs-node-gpu)');
    expect(engine.threads).toBeGreaterThan(0);
  });

  test('takes tfjs-node where tfjs-node-gpu does not load', async () => {
    const { load, asked } = loader({
      '@tensorflow/tfjs-node-gpu': broken,
      '@tensorflow/tfjs-node': registers(false),
    });
    const engine = await useEngine('auto', { load });
    expect(engine.device).toBe('CPU (@tensorflow/tfjs-node)');
    expect(asked.slice(-2)).toEqual(['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node']);
  });

  test('takes wasm otherwise, and says in one line what it passed over and what would mend it', async () => {
    const engine = await useEngine('auto', only({ '@tensorflow/tfjs-node-gpu': broken }));
    expect(engine).toMatchObject({ engine: 'wasm', backend: 'wasm', threads: 1 });
    expect(engine.why).toContain('@tensorflow/tfjs-node-gpu: its native part is not built');
    expect(engine.why).toContain('@tensorflow/tfjs-node is not installed');
    expect(engine.why).toContain('npm install @tensorflow/tfjs-node-gpu');
    expect(engine.why).toContain('native: @pcam/tfjs-backend-native is not installed');
    expect(engine.why).not.toContain('\n');
  });

  test('a package that registers nothing is passed over', async () => {
    const engine = await useEngine('auto', only({ '@tensorflow/tfjs-node-gpu': () => {} }));
    expect(engine.engine).toBe('wasm');
    expect(engine.why).toContain('registers no backend');
  });
});

describe('by name', () => {
  test.each(['cpu', 'wasm'] as const)('%s', async (name) => {
    const engine = await useEngine(name);
    expect(engine).toMatchObject({ engine: name, backend: name, threads: 1, why: `${name} was asked for` });
    expect(tf.getBackend()).toBe(name);
  });

  test('an engine that cannot start is an error with the command that mends it', async () => {
    const { load } = loader({});
    await expect(useEngine('tensorflow', { load })).rejects.toThrow(
      /^engine "tensorflow" cannot start: .*is not installed.*; mend it with: npm install @tensorflow\/tfjs-node-gpu/,
    );
    await expect(useEngine('native', { load })).rejects.toThrow(
      /^engine "native" cannot start: .* is not installed; mend it with: npm install .*C\+\+17 compiler/,
    );
    await expect(useEngine('webgpu', { load })).rejects.toThrow(
      /^engine "webgpu" cannot start: webgpu is not installed; mend it with: npm install webgpu/,
    );
  });

  test('an engine that cannot start leaves the selected one', async () => {
    await useEngine('wasm');
    await expect(useEngine('tensorflow', only({}))).rejects.toThrow();
    expect(tf.getBackend()).toBe('wasm');
  });

  test('an unknown name lists the known ones, and suggests one', async () => {
    await expect(useEngine('cuda' as 'cpu')).rejects.toThrow(
      "useEngine: name must be one of auto, tensorflow, native, webgpu, wasm, cpu, got 'cuda'",
    );
    await expect(useEngine('tensorflw' as 'cpu')).rejects.toThrow("did you mean 'tensorflow'?");
  });

  test('unknown options, and options of another type, are refused before anything starts', async () => {
    await useEngine('wasm');
    const refused = (options: object) => expect(useEngine('cpu', options)).rejects;
    await refused({ wasmPath: '/' }).toThrow(
      "useEngine: unknown option 'wasmPath'; did you mean 'wasmPaths'?",
    );
    await refused({ wasmPaths: 3 }).toThrow('wasmPaths must be a folder, a URL or one path per file, got 3');
    await refused({ load: 'webgpu' }).toThrow('load must be a function that imports a package by name');
    expect(tf.getBackend()).toBe('wasm');
  });

  test('Node’s removed util.isNullOrUndefined is there when tensorflow loads', async () => {
    const { default: util } = (await import('node:util')) as unknown as {
      default: { isNullOrUndefined?: (value: unknown) => boolean };
    };
    const original = util.isNullOrUndefined;
    delete util.isNullOrUndefined;
    let seen: unknown[] = [];
    const register = registers(false);
    const load = loader({
      '@tensorflow/tfjs-node-gpu': () => {
        seen = [null, undefined, 0].map((value) => util.isNullOrUndefined!(value));
        register();
      },
    }).load;
    await useEngine('tensorflow', { load });
    util.isNullOrUndefined = original;
    expect(seen).toEqual([true, true, false]);
  });
});

test('switching moves tensors along', async () => {
  await useEngine('cpu');
  const x = tf.tensor1d([1, 2, 3]);
  await useEngine('wasm');
  expect([...(await tf.mul(x, 2).data())]).toEqual([2, 4, 6]);
});

test('the wasm engine leaves no listener for uncaught exceptions behind', async () => {
  await useEngine('wasm');
  const text = process.listeners('uncaughtException').map(String).join();
  expect(text).not.toContain('ExitStatus');
});
