import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeSafetensors } from '@pcam/models';

interface Size {
  readonly height: number;
  readonly width: number;
}

/** The line to say where patches are of another size than those of the training, which its last checkpoint tells. */
export function otherSize(run: string, { height, width }: Size): string | undefined {
  const trained = trainedOn(run);
  if (!trained || (trained.height === height && trained.width === width)) return undefined;
  return `note: patches are ${height}×${width}, but the run was trained on ${trained.height}×${trained.width}, for which its threshold and temperature were chosen`;
}

function trainedOn(run: string): Size | undefined {
  try {
    const bytes = new Uint8Array(readFileSync(join(run, 'checkpoints', 'last.safetensors')));
    const { data } = JSON.parse(decodeSafetensors(bytes).metadata['pcam.training']!) as { data: Size };
    return Number.isInteger(data.height) && Number.isInteger(data.width) ? data : undefined;
  } catch {
    return undefined; // nothing is said of a run whose last checkpoint was deleted to save space
  }
}
