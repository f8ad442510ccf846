import { readFileSync } from 'node:fs';
import { suggest } from '@pcam/options';
import { UsageError } from './errors.js';
import type { Flag } from './flags.js';
import type { ParseSettings } from './parse.js';

/** The options of a preset that has a name, or else in a JSON file. @throws UsageError in one line: no such file, no JSON, an unknown key. */
export function readPreset(
  file: string,
  given: Readonly<Record<string, unknown>>,
  flags: readonly Flag[],
  { otherNames = {}, presets = {} }: ParseSettings,
): Readonly<Record<string, unknown>> {
  const named = Object.hasOwn(presets, file) ? presets[file] : undefined;
  if (named) return typeof named === 'function' ? named(given) : named;
  let preset: unknown;
  try {
    preset = JSON.parse(readText(file));
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const unread = missing ? missingWords(file, Object.keys(presets)) : 'cannot be read';
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
  return preset as Readonly<Record<string, unknown>>;
}

/** Who meant a name is told the names; who wrote a path meant a file. */
function missingWords(file: string, names: readonly string[]): string {
  if (names.length === 0 || /[./\\]/.test(file)) return 'does not exist';
  const near = suggest(file, names);
  return `no such preset (there is ${names.join(', ')}) and no such file${near ? `; did you mean ${near}?` : ''}`;
}

/** UTF-8 or UTF-16 by the byte-order mark, which editors and PowerShell's `>` write on Windows. */
function readText(file: string): string {
  const bytes = readFileSync(file);
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}
