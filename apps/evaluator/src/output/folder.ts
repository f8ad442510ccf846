import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UsageError } from '@pcam/cli';

const MARK = 'metrics.json';

/** A folder that appears under its name only once it is whole. */
export interface OutputFolder {
  /** @param name may name a folder: `plots/roc.svg`. */
  write(name: string, content: string | Uint8Array): void;
  /** Puts the folder in its place, over an earlier evaluation. @returns its path. */
  finish(): string;
  /** Removes what was written, unless it is finished. */
  discard(): void;
}

/** @throws UsageError where something else than an evaluation is in the way; system errors where it cannot be written. */
export function openOutput(dir: string): OutputFolder {
  const path = resolve(dir);
  if (existsSync(path)) {
    if (!statSync(path).isDirectory()) throw new UsageError(`--out ${dir} is a file; choose another folder`);
    const names = readdirSync(path);
    if (names.length > 0 && !names.includes(MARK)) {
      throw new UsageError(`--out ${dir} is not empty and holds no evaluation; choose another folder`);
    }
  }
  mkdirSync(dirname(path), { recursive: true });
  const aside = `${path}.partial-${process.pid}`;
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside);
  const discard = (): void => rmSync(aside, { recursive: true, force: true });
  process.once('exit', discard);
  return {
    write(name, content) {
      const file = join(aside, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content, { flush: true });
    },
    finish() {
      rmSync(path, { recursive: true, force: true });
      renameSync(aside, path);
      process.off('exit', discard);
      return path;
    },
    discard() {
      discard();
      process.off('exit', discard);
    },
  };
}
