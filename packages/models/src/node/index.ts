import { readFile } from 'node:fs/promises';
import { diskWords, systemCode, writeAside } from '@pcam/files';
import type { Model, SegmentationModel, Weighted } from '../model.js';
import { decodeModel, decodeUnet, encodeModel } from '../weights.js';

/**
 * Saves a model as a safetensors file. The bytes are written aside, flushed to disk, then renamed, so that
 * `path` holds the old model or the new one, never a part.
 */
export async function saveModel(model: Weighted, path: string): Promise<void> {
  const bytes = await encodeModel(model);
  try {
    await writeAside(path, (file) => file.writeFile(bytes));
  } catch (error) {
    const why = diskWords(error) ?? messageOf(error);
    throw new Error(`${path}: cannot save the model: ${why}`, { cause: error });
  }
}

/**
 * Loads a model that `saveModel` saved.
 *
 * @throws Error in one line that starts with the path, for a file that is missing, damaged or no such model.
 */
export async function loadModel(path: string): Promise<Model> {
  return load(path, decodeModel);
}

/**
 * Loads a U-Net that `saveModel` saved.
 *
 * @throws as {@link loadModel}.
 */
export async function loadUnet(path: string): Promise<SegmentationModel> {
  return load(path, decodeUnet);
}

async function load<T>(path: string, decode: (bytes: Uint8Array) => T): Promise<T> {
  try {
    return decode(await readFile(path));
  } catch (error) {
    const why = diskWords(error, { verb: 'read' }) ?? messageOf(error);
    // The best model of a run, which is what a folder is mostly given for.
    const instead = systemCode(error) === 'EISDIR' ? '; of a run, give its checkpoints/best.safetensors' : '';
    throw new Error(`${path}: cannot load a model: ${why}${instead}`, { cause: error });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
