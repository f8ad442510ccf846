import { useEngine } from '../src/index.js';

export type Fast = 'wasm' | 'native';

/** What is compared with cpu. Without its addon native is left out, in words, and is an error in CI. */
export const FAST: readonly Fast[] = (await nativeStarts()) ? ['wasm', 'native'] : ['wasm'];

async function nativeStarts(): Promise<boolean> {
  try {
    await useEngine('native');
    return true;
  } catch (error) {
    if (process.env.PCAM_REQUIRE_NATIVE) throw error;
    console.warn(`skipped on native: ${(error as Error).message}`);
    return false;
  }
}
