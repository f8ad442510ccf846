import { DataError } from './errors.js';
import { SPLITS, type Split } from './official-files.js';

/** Options as cac hands them over: numbers where they look like one, arrays where repeated. */
export type Flags = Readonly<Record<string, unknown>>;

const usage = (message: string): DataError => new DataError('usage', message);

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
      if (!found) throw usage(`--split must be some of ${SPLITS.join(',')}, not "${name.trim()}"`);
      return found;
    });
}
