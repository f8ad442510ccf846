import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What a command wrote into a folder, by name and content, as lines of `sha256sum` (which can check them): a file of
 * these names that someone changed since is no longer the command's own.
 */
export type FileRecord = ReadonlySet<string>;

export function recordLine(name: string, content: string | Uint8Array): string {
  return `${createHash('sha256').update(content).digest('hex')}  ${name}`;
}

function nameIn(line: string): string {
  return line.slice(66);
}

/** @returns an empty record where there is none. */
export function readRecord(path: string): FileRecord {
  if (!existsSync(path)) return new Set();
  const lines = readFileSync(path, 'utf8').split('\n');
  return new Set(lines.filter((line) => /^[0-9a-f]{64} {2}\S/.test(line)));
}

export function recordText(lines: Iterable<string>): string {
  return [...lines].map((line) => `${line}\n`).join('');
}

export interface Found {
  /** Files that are as the record says. */
  readonly own: readonly string[];
  /** Everything else: files, links and folders; `folder` where only a folder could be. */
  readonly foreign: readonly string[];
}

/** What lies in a folder and in those of its folders that a command writes to. Names are relative. */
export function findFiles(dir: string, folders: readonly string[], record: FileRecord): Found {
  const own: string[] = [];
  const foreign: string[] = [];
  const recorded = new Set([...record].map(nameIn));
  const sort = (name: string): void => {
    const path = join(dir, name);
    const isOwn =
      recorded.has(name) && lstatSync(path).isFile() && record.has(recordLine(name, readFileSync(path)));
    (isOwn ? own : foreign).push(name);
  };
  for (const name of readdirSync(dir)) {
    if (!folders.includes(name) || !lstatSync(join(dir, name)).isDirectory()) sort(name);
    else for (const inner of readdirSync(join(dir, name))) sort(`${name}/${inner}`);
  }
  return { own, foreign };
}
