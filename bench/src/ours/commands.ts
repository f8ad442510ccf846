import { type EngineChoice, useEngine } from '@pcam/engine';
import { version_core } from '@tensorflow/tfjs-core';
import type { KernelProfile, Requests } from '../protocol.js';
import { evidence } from './check.js';
import { writeFiles } from './data.js';
import { clockKernels, type KernelTime } from './kernel-clocks.js';
import { peak } from './peak.js';
import { Stage } from './stage.js';

type Commands = {
  readonly [K in Exclude<keyof Requests, 'probe'>]: (
    request: Requests[K]['ask'],
  ) => Promise<Requests[K]['answer']>;
};

/** Our side of the benchmark on one engine. */
export async function ourCommands(engineName: string): Promise<Commands> {
  const engine = await useEngine(engineName as EngineChoice);
  const stage = new Stage();
  return {
    hello: async () => ({ ...engine, tfjs: version_core }),
    peak: async () => ({ gflops: await peak() }),
    write: async ({ batch, seed, ...files }) => ({ config: await writeFiles(files, batch, seed) }),
    check: evidence,
    async prepare({ row, settings, ...files }) {
      await stage.prepare(row, files, settings);
      return {};
    },
    time: async ({ iterations }) => ({ milliseconds: await stage.steps(iterations) }),
    async kernels({ iterations }) {
      if (engine.threads === 0) {
        throw new Error(`the kernels of ${engine.engine} compute after they return; leave --kernels out`);
      }
      return profile(engine.backend, iterations, () => stage.steps(iterations));
    },
  };
}

async function profile(
  backend: string,
  iterations: number,
  work: () => Promise<unknown>,
): Promise<KernelProfile> {
  const clocks = clockKernels(backend);
  const start = performance.now();
  let times: KernelTime[] = [];
  try {
    await work();
  } finally {
    times = clocks.stop();
  }
  const milliseconds = (performance.now() - start) / iterations;
  const kernels = times.map((time) => ({
    name: time.name,
    calls: time.calls / iterations,
    milliseconds: time.milliseconds / iterations,
  }));
  return { milliseconds, kernels };
}
