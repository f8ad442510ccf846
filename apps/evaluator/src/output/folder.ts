import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UsageError } from '@pcam/cli';
import { diskWords, makeFolder, removeAtExit, replaceFile, syncFolder } from '@pcam/files';
import { type FileRecord, findFiles, readRecord, recordLine, recordText } from './record.js';

/** A folder into which a command's files come only once they are whole. */
export interface OutputFolder {
  /** @param name may name one of the folders: `plots/roc.svg`. */
  write(name: string, content: string | Uint8Array): void;
  /** Puts the files in their place, over those of an earlier run of the command, whose others go. @returns the folder. */
  finish(): string;
  /** Removes what was written, unless it is finished. */
  discard(): void;
}

export interface OutputOptions {
  /** The command's name: what it wrote is recorded in `NAME.sha256`. */
  readonly command: string;
  /** Names of folders that it writes to. */
  readonly folders: readonly string[];
  /** Whether it may write a file of this name, so that another's file of that name is in the way. */
  readonly mayWrite: (name: string) => boolean;
  /** Replace files in the way. */
  readonly overwrite: boolean;
  /** Folders that are read, by flag: none of them may be the output. */
  readonly inputs: Readonly<Record<string, string | undefined>>;
}

/**
 * Files that the command did not write, or that someone changed since, are never touched but by `overwrite`.
 *
 * @throws UsageError where something is in the way, or the folder cannot be written.
 */
export function openOutput(dir: string, options: OutputOptions): OutputFolder {
  // Which file it was says little, since the folder is written aside.
  const toDisk = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      const words = diskWords(error, { afterwards: ' and run this again' });
      throw words === undefined ? error : new UsageError(`--out ${dir}: ${words}`);
    }
  };
  const { write, finish, discard } = toDisk(() => openAside(dir, options));
  return {
    write: (name, content) => toDisk(() => write(name, content)),
    finish: () => toDisk(finish),
    discard,
  };
}

function openAside(dir: string, options: OutputOptions): OutputFolder {
  const path = resolve(dir);
  const { command, folders } = options;
  const recordName = `${command}.sha256`;
  checkFolder(dir, path, options);
  const exists = existsSync(path);
  if (exists) refuseForeign(dir, path, readRecord(join(path, recordName)), options);
  else makeFolder(dirname(path));
  // Beside a new folder, which then appears whole; inside one that is there, which may be a disk of its own.
  const aside = exists ? join(path, `${command}.partial-${process.pid}`) : `${path}.partial-${process.pid}`;
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside);
  const lines = new Map<string, string>();
  const put = (record: string): void => replaceFile(join(path, recordName), record, join(aside, recordName));
  const discard = removeAtEnd(aside);
  return {
    write(name, content) {
      const file = join(aside, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content, { flush: true });
      lines.set(name, recordLine(name, content));
    },
    finish() {
      const record = recordText(lines.values());
      if (existsSync(path)) {
        const before = readRecord(join(path, recordName));
        // Once more, exactly: some may have come while the command ran.
        refuseForeign(dir, path, before, { ...options, mayWrite: (name) => lines.has(name) });
        const { own } = findFiles(path, folders, before);
        // While files are exchanged, old and new ones are both the command's own.
        put(recordText(new Set([...before, ...lines.values()])));
        for (const name of lines.keys()) {
          mkdirSync(dirname(join(path, name)), { recursive: true });
          renameSync(join(aside, name), join(path, name));
        }
        for (const name of own) if (!lines.has(name)) rmSync(join(path, name));
        for (const folder of folders) removeEmpty(join(path, folder));
        put(record);
      } else {
        writeFileSync(join(aside, recordName), record, { flush: true });
        renameSync(aside, path);
        syncFolder(dirname(path));
      }
      discard();
      return path;
    },
    discard,
  };
}

function checkFolder(dir: string, path: string, { inputs }: OutputOptions): void {
  if (!existsSync(path)) {
    if (lstatSync(path, { throwIfNoEntry: false }))
      throw new UsageError(`--out ${dir} is a link to nothing; remove it or choose another folder`);
    return;
  }
  if (!statSync(path).isDirectory()) throw new UsageError(`--out ${dir} is a file; choose another folder`);
  for (const [flag, input] of Object.entries(inputs)) {
    if (input === undefined || !existsSync(input) || realpathSync(input) !== realpathSync(path)) continue;
    throw new UsageError(`--out ${dir} is the folder of --${flag}; choose another, or one inside it`);
  }
}

function refuseForeign(
  dir: string,
  path: string,
  record: FileRecord,
  { command, folders, mayWrite, overwrite }: OutputOptions,
): void {
  const foreign = findFiles(path, folders, record).foreign;
  // In place of a folder, or a folder in place of a file: nothing to write over.
  const odd = foreign.filter(
    (name) => folders.includes(name) || (mayWrite(name) && lstatSync(join(path, name)).isDirectory()),
  );
  if (odd.length > 0) {
    const kind = folders.includes(odd[0]!) ? 'no folder of its own' : 'a folder';
    throw new UsageError(`--out ${dir}: ${odd[0]} is ${kind}; move it or choose another folder`);
  }
  const inTheWay = foreign.filter(mayWrite).sort();
  if (overwrite || inTheWay.length === 0) return;
  const more = inTheWay.length > 3 ? ` and ${inTheWay.length - 3} more` : '';
  throw new UsageError(
    `--out ${dir} holds ${inTheWay.slice(0, 3).join(', ')}${more}, not written by ${command} or changed since; ` +
      'choose another folder, or give --overwrite to replace it',
  );
}

function removeEmpty(folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
}

/** @returns what removes a folder now, and forgets to do so when the process ends or is interrupted. */
function removeAtEnd(folder: string): () => void {
  const forget = removeAtExit(folder);
  const stop = (signal: NodeJS.Signals): void => {
    discard();
    process.kill(process.pid, signal);
  };
  const discard = (): void => {
    rmSync(folder, { recursive: true, force: true });
    forget();
    process.off('SIGINT', stop).off('SIGTERM', stop);
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  return discard;
}
