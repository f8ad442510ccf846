import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Records in a file of JSON lines, by key: what is there is not computed again. */
export interface Results<T> {
  get(key: string): T | undefined;
  add(key: string, value: T): void;
  readonly all: ReadonlyMap<string, T>;
}

export function openResults<T>(folder: string, name: string): Results<T> {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.jsonl`);
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
  const all = new Map(lines.map((line) => JSON.parse(line) as [string, T]));
  return {
    all,
    get: (key) => all.get(key),
    add(key, value) {
      all.set(key, value);
      appendFileSync(path, `${JSON.stringify([key, value])}\n`);
    },
  };
}
