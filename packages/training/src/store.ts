/**
 * Files of a run, by name: `checkpoints/last.safetensors`, `checkpoints/best.safetensors`,
 * `validation.json`, `curves.json`. A folder (`@pcam/training/node`), memory, or whatever a
 * browser has.
 */
export interface CheckpointStore {
  /** All or nothing: after a crash at any moment, the name holds either the old or the new bytes. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** @returns undefined where there is no such file. */
  read(name: string): Promise<Uint8Array | undefined>;
}

export const LAST = 'checkpoints/last.safetensors';
export const BEST = 'checkpoints/best.safetensors';
export const VALIDATION = 'validation.json';
export const CURVES = 'curves.json';

/** Files in memory, none at first: what `fit` takes by default. */
export function memoryStore(): CheckpointStore {
  const files = new Map<string, Uint8Array>();
  return {
    async write(name, bytes) {
      files.set(name, bytes.slice());
    },
    read: async (name) => files.get(name)?.slice(),
  };
}

export async function writeJson(store: CheckpointStore, name: string, value: unknown): Promise<void> {
  await store.write(name, new TextEncoder().encode(`${JSON.stringify(value)}\n`));
}
