import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeDiskError, makeFolder, replaceFile } from '@pcam/files';

/** Records in a file of JSON lines, by key: what is there is not computed again. */
export interface Results<T> {
  get(key: string): T | undefined;
  add(key: string, value: T): void;
  readonly all: ReadonlyMap<string, T>;
}

/** @throws Error in one line where the folder cannot be written, or a line is no record. */
export function openResults<T>(folder: string, name: string): Results<T> {
  const path = join(folder, `${name}.jsonl`);
  const toDisk = <R>(work: () => R): R => {
    try {
      return work();
    } catch (error) {
      const told = describeDiskError(error, path, { afterwards: ', then run this again' });
      throw told === undefined ? error : new Error(told, { cause: error });
    }
  };
  toDisk(() => makeFolder(folder));
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const whole = wholeLines(text);
  if (whole !== text) toDisk(() => replaceFile(path, whole));
  const lines = whole.split('\n').filter(Boolean);
  const all = new Map(lines.map((line, i) => parse<T>(line, `${path}, line ${i + 1}`)));
  return {
    all,
    get: (key) => all.get(key),
    add(key, value) {
      toDisk(() => appendFileSync(path, `${JSON.stringify([key, value])}\n`, { flush: true }));
      all.set(key, value);
    },
  };
}

/** A last line that a crash cut short is dropped: its network is trained again. */
function wholeLines(text: string): string {
  const end = text.lastIndexOf('\n') + 1;
  try {
    if (end < text.length) JSON.parse(text.slice(end));
    return end < text.length ? `${text}\n` : text;
  } catch {
    return text.slice(0, end);
  }
}

function parse<T>(line: string, where: string): [string, T] {
  try {
    return JSON.parse(line) as [string, T];
  } catch (error) {
    throw new Error(`${where}, cannot be read as JSON; remove it`, { cause: error });
  }
}
