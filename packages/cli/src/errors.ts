/** What the user got wrong: printed as one line, without a stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const causes: Record<string, string> = {
  ENOSPC: 'the disk is full; free some space and run this again',
  EACCES: 'permission denied; choose another place or mend the permissions',
  EPERM: 'not permitted; choose another place or mend the permissions',
  EROFS: 'the file system is read-only; choose another place',
  ENOENT: 'does not exist',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EISDIR: 'is a folder, not a file',
  EEXIST: 'exists already',
  EMFILE: 'too many open files; raise the limit (ulimit -n)',
};

/** One line for people: what was wrong and where; operating-system errors in words. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return oneLine(String(error));
  const { code, path, dest } = error as NodeJS.ErrnoException & { dest?: string };
  const cause = code === undefined ? undefined : causes[code];
  const isSystem = cause !== undefined && error.message.startsWith(`${code}`);
  if (isSystem) {
    const place = dest ?? path;
    return oneLine(place === undefined ? cause : `${place}: ${cause}`);
  }
  return oneLine(error.message);
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').trim();
}
