import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll } from 'vitest';

const here = fileURLToPath(new URL('.', import.meta.url));

/** A folder of committed fixtures. */
export const fixture = (layout: string): string => join(here, '../fixtures/official', layout);

export const name = (split: string, part: string): string => `camelyonpatch_level_2_split_${split}_${part}`;

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

/** A new temporary folder, removed after the tests of the file. */
export async function tempDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'pcam-files-'));
  folders.push(dir);
  return dir;
}

/** A copy of a fixture folder that may be changed. */
export async function copyOf(layout: string): Promise<string> {
  const dir = await tempDir();
  await cp(fixture(layout), dir, { recursive: true });
  return dir;
}

export interface Array5 {
  readonly data: Uint8Array | Float32Array | Int32Array;
  readonly shape: number[];
  readonly dtype?: string;
}

/** Writes an HDF5 file with the given arrays. */
export async function writeH5(path: string, arrays: Readonly<Record<string, Array5>>): Promise<void> {
  const { File, ready } = await import('h5wasm/node');
  await ready;
  const file = new File(path, 'w');
  for (const [key, { data, shape, dtype = '<B' }] of Object.entries(arrays))
    file.create_dataset({ name: key, data, shape, dtype });
  file.close();
}

export async function gzipFile(path: string): Promise<void> {
  await writeFile(`${path}.gz`, gzipSync(await readFile(path)));
  await rm(path);
}

/** Real patches beside the repository, where they are. */
export const REAL: string = resolve(process.env.PCAM_REAL_DATA ?? join(here, '../../../../../shared/data'));
export const hasReal: boolean = existsSync(join(REAL, 'pcam-real'));

/** The flags under which Node runs this package's sources. */
export const SOURCE_FLAGS: readonly string[] = ['--conditions=@pcam/source', '--import=tsx'];
