import { readFileSync } from 'node:fs';
import { suggest } from '@pcam/options';
import { UsageError } from './errors.js';
import type { Flag } from './flags.js';

/** The options in a JSON file. @throws UsageError in one line: no such file, no JSON, an unknown key. */
export function readPreset(
  file: string,
  flags: readonly Flag[],
  otherNames: Readonly<Record<string, string>>,
): Record<string, unknown> {
  let preset: unknown;
  try {
    preset = JSON.parse(readText(file));
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const unread = missing ? 'does not exist' : 'cannot be read';
    const reason = error instanceof SyntaxError ? `is not JSON (${error.message})` : unread;
    throw new UsageError(`--preset ${file}: ${reason}`);
  }
  if (typeof preset !== 'object' || preset === null || Array.isArray(preset)) {
    throw new UsageError(`--preset ${file}: expected an object of options`);
  }
  const keys = flags.map((flag) => flag.key);
  for (const key of Object.keys(preset)) {
    if (keys.includes(key)) continue;
    const near = otherNames[key] ?? suggest(key, keys);
    throw new UsageError(`${file}: key "${key}" is not an option${near ? `; did you mean "${near}"?` : ''}`);
  }
  return preset as Record<string, unknown>;
}

/** UTF-8 or UTF-16 by the byte-order mark, which editors and PowerShell's `>` write on Windows. */
function readText(file: string): string {
  const bytes = readFileSync(file);
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}
