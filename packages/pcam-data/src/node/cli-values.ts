import { suggest } from '@pcam/options';
import { DataError } from './errors.js';
import { SPLITS, type Split } from './official-files.js';

/** Options as cac hands them over: numbers where they look like one, arrays where repeated. */
export type Flags = Readonly<Record<string, unknown>>;

const usage = (message: string): DataError => new DataError('usage', message);

/** @throws DataError usage, for a flag that no command reads, with the one that was most likely meant. */
export function checkFlags(flags: Flags, known: readonly string[]): void {
  for (const name of Object.keys(flags)) {
    if (name === '--' || known.includes(name)) continue;
    const dashed = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const long = known.filter((k) => k.length > 1);
    const near = suggest(dashed, long);
    throw usage(
      `unknown option --${dashed}; ${near === undefined ? `known are ${long.map((k) => `--${k}`).join(', ')}` : `did you mean --${near}?`}`,
    );
  }
}

/** @throws DataError usage, where a command is not given the one path that it takes, or more. */
export function checkArguments(
  command: string,
  takes: readonly { readonly value: string }[],
  given: readonly unknown[],
): void {
  const missing = takes[given.length];
  if (missing) throw usage(`give a path: pcam-data ${command} <${missing.value}> (see --help)`);
  if (given.length > takes.length) {
    const limit = takes.length === 0 ? 'no path of its own' : 'one path';
    throw usage(
      `${command} takes ${limit}, not also "${given[takes.length]}"; quote a path that holds blanks`,
    );
  }
}

/** @throws DataError usage. */
export function text(flags: Flags, name: string): string | undefined {
  const value = flags[name];
  if (value === undefined) return undefined;
  if (Array.isArray(value)) throw usage(`--${name} is given ${value.length} times; give it once`);
  if (typeof value === 'boolean' || value === '') throw usage(`--${name} needs a value`);
  return String(value);
}

export function requiredText(flags: Flags, name: string): string {
  const value = text(flags, name);
  if (value === undefined) throw usage(`--${name} is missing; see --help`);
  return value;
}

export function wholeNumber(flags: Flags, name: string): number | undefined {
  const value = text(flags, name);
  if (value === undefined) return undefined;
  if (!/^\d+$/.test(value)) throw usage(`--${name} must be a whole number, not "${value}"`);
  return Number(value);
}

export function splitList(flags: Flags): Split[] | undefined {
  return text(flags, 'split')
    ?.split(',')
    .map((name) => {
      const found = SPLITS.find((s) => s === name.trim());
      const near = suggest(name.trim(), SPLITS);
      if (!found)
        throw usage(
          `--split must be some of ${SPLITS.join(',')}, not "${name.trim()}"${near === undefined ? '' : `; did you mean ${near}?`}`,
        );
      return found;
    });
}
