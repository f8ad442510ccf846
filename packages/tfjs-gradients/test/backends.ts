import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { unavailable } from '@pcam/tfjs-backend-native';
import { describe } from 'vitest';

type Backend = 'cpu' | 'wasm' | 'native';

/** Runs the tests on each backend as it is; says "skipped" for native where its addon is absent (in CI that fails). */
export function onBackends(tests: (backend: Backend) => void): void {
  const skipped = unavailable !== undefined && !process.env.PCAM_REQUIRE_NATIVE;
  for (const backend of ['cpu', 'wasm', 'native'] as const) {
    describe.skipIf(backend === 'native' && skipped)(`on ${backend}`, () => tests(backend));
  }
}
