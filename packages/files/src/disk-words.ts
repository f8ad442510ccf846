/** How a failure is told. */
export interface Told {
  /** What was tried; `write` by default. */
  readonly verb?: 'read' | 'write';
  /** What else may be chosen; `another place` by default. */
  readonly instead?: string;
  /** How the advice to free some space ends, e.g. `, then resume the run`. */
  readonly afterwards?: string;
}

const WORDS: Readonly<Record<string, (told: Required<Told>) => string>> = {
  ENOSPC: ({ afterwards }) => `the disk is full; free some space${afterwards}`,
  EDQUOT: ({ afterwards }) => `the disk quota is used up; free some space${afterwards}`,
  EFBIG: ({ instead }) => `the file would be larger than this file system or limit allows; choose ${instead}`,
  EROFS: ({ instead }) => `the file system is read-only; choose ${instead}`,
  EACCES: ({ instead }) => `permission denied; choose ${instead} or change its permissions`,
  EPERM: ({ instead }) => `permission denied; choose ${instead} or change its permissions`,
  ENOTDIR: ({ instead }) => `a part of the path is a file; choose ${instead}`,
  EISDIR: () => 'it is a folder, not a file',
  ENOTEMPTY: ({ instead }) => `a folder that holds files is there; choose ${instead}`,
  EEXIST: ({ instead }) => `it exists already; choose ${instead}`,
  ENOENT: ({ verb }) => (verb === 'read' ? 'does not exist' : 'its folder does not exist'),
  ENAMETOOLONG: () => 'the name is too long; choose a shorter one',
  EMFILE: () => 'too many open files; raise the limit (ulimit -n)',
  EIO: () => 'the disk cannot be read or written (input/output error); check it',
};

/** Node's code of a system error (`ENOENT`, …), or undefined. */
export function systemCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

/**
 * What a disk refuses, and what to do about it, without the path: `the disk is full; free some space`.
 *
 * @returns undefined for errors that are none of a file system's.
 */
export function diskWords(error: unknown, told: Told = {}): string | undefined {
  const { verb = 'write', instead = 'another place', afterwards = '' } = told;
  const code = systemCode(error);
  return code !== undefined && Object.hasOwn(WORDS, code)
    ? WORDS[code]!({ verb, instead, afterwards })
    : undefined;
}

/**
 * The same with the path, in one line: `cannot write run/x: the disk is full; free some space`.
 *
 * @returns undefined for errors that are none of a file system's.
 */
export function describeDiskError(error: unknown, path: string, told: Told = {}): string | undefined {
  const { verb = 'write' } = told;
  const words = diskWords(error, told);
  if (words === undefined) return undefined;
  return words === 'does not exist' ? `${path} ${words}` : `cannot ${verb} ${path}: ${words}`;
}
