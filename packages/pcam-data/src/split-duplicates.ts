import { checkDataset, readPatches } from './check-dataset.js';
import type { Dataset } from './dataset.js';

/** Patches read at a time. */
const CHUNK = 256;

/**
 * Groups of patches whose pixels are equal byte for byte (PCam has such), two or more in a
 * group, each in ascending order. Reads every patch once, and those that look equal again.
 *
 * @param onProgress hears how many of `dataset.length` patches are read.
 */
export async function findDuplicates(
  dataset: Dataset,
  onProgress?: (done: number, total: number) => void,
): Promise<Int32Array[]> {
  checkDataset('findDuplicates', dataset);
  const size = dataset.height * dataset.width * 3;
  const alike = new Map<string, number[]>();
  for (let start = 0; start < dataset.length; start += CHUNK) {
    const n = Math.min(CHUNK, dataset.length - start);
    const { images } = await readPatches(
      dataset,
      Int32Array.from({ length: n }, (_, k) => start + k),
    );
    for (let k = 0; k < n; k++) {
      const key = fingerprint(images.subarray(k * size, (k + 1) * size));
      const group = alike.get(key);
      if (group) group.push(start + k);
      else alike.set(key, [start + k]);
    }
    onProgress?.(start + n, dataset.length);
  }
  const groups: Int32Array[] = [];
  for (const suspects of alike.values()) {
    if (suspects.length > 1) groups.push(...(await equalGroups(dataset, suspects, size)));
  }
  return groups;
}

/** Equal fingerprints may be chance: only equal bytes count. */
async function equalGroups(
  dataset: Dataset,
  suspects: readonly number[],
  size: number,
): Promise<Int32Array[]> {
  const found: { first: Uint8Array; members: number[] }[] = [];
  for (const i of suspects) {
    const { images } = await dataset.read([i]);
    const group = found.find(({ first }) => equal(first, images, size));
    if (group) group.members.push(i);
    else found.push({ first: images, members: [i] });
  }
  return found.filter(({ members }) => members.length > 1).map(({ members }) => Int32Array.from(members));
}

function equal(a: Uint8Array, b: Uint8Array, size: number): boolean {
  for (let i = 0; i < size; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** 64 bits in two FNV-like halves with different primes. */
function fingerprint(bytes: Uint8Array): string {
  let [a, b] = [0x811c9dc5, 0x9747b28c];
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    a = Math.imul(a ^ byte, 0x01000193);
    b = Math.imul(b ^ byte, 0x85ebca6b);
    b ^= b >>> 13;
  }
  return `${(a >>> 0).toString(36)}.${(b >>> 0).toString(36)}`;
}
