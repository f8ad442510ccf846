import { useEngine } from '@pcam/engine';
import { unavailable } from '@pcam/tfjs-backend-native';
import { registerGradients } from '@pcam/tfjs-gradients';
import { setBackend } from '@tensorflow/tfjs-core';
import { describe } from 'vitest';

export type TestedEngine = 'cpu' | 'wasm' | 'native';

/** Runs the tests on each engine; says "skipped" for native where its addon is absent (in CI that fails). */
export function onEngines(engines: readonly TestedEngine[], tests: (engine: TestedEngine) => void): void {
  const skipped = unavailable !== undefined && !process.env.PCAM_REQUIRE_NATIVE;
  for (const engine of engines) {
    describe.skipIf(engine === 'native' && skipped)(`on ${engine}`, () => tests(engine));
  }
}

export async function start(engine: TestedEngine): Promise<void> {
  if (engine !== 'native') {
    await useEngine(engine);
    return;
  }
  await registerGradients();
  await setBackend('native');
}
