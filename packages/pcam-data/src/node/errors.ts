/** What was wrong, for code; the message says it for people, in one line. */
export type DataErrorCode =
  | 'missing-file'
  | 'missing-split'
  | 'missing-key'
  | 'not-hdf5'
  | 'not-gzip'
  | 'truncated'
  | 'corrupt'
  | 'wrong-shape'
  | 'wrong-dtype'
  | 'length-mismatch'
  | 'bad-label'
  | 'bad-mask'
  | 'bad-metadata'
  | 'bad-image'
  | 'unknown-layout'
  | 'unreadable'
  | 'unwritable'
  | 'disk-full'
  | 'checksum'
  | 'network'
  | 'stale'
  | 'usage';

/** An error about data or files. `message` is one line: what, where, what to do. */
export class DataError extends Error {
  override readonly name = 'DataError';
  readonly code: DataErrorCode;
  constructor(code: DataErrorCode, message: string, options?: ErrorOptions) {
    super(message.replace(/\s*\n\s*/g, ' '), options);
    this.code = code;
  }
}

/** Node's code of a system error (`ENOENT`, …), or undefined. */
export function systemCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** Turns a file system error into one that says what to do; other errors pass unchanged. */
export function fileError(error: unknown, path: string, verb: 'read' | 'write'): unknown {
  if (error instanceof DataError) return error;
  const code = systemCode(error);
  switch (code) {
    case 'ENOENT':
      return verb === 'read'
        ? new DataError('missing-file', `${path} does not exist`, { cause: error })
        : new DataError('unwritable', `cannot write ${path}: its folder does not exist`, { cause: error });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new DataError(
        verb === 'read' ? 'unreadable' : 'unwritable',
        `cannot ${verb} ${path}: ${code === 'EROFS' ? 'the file system is read-only' : 'permission denied'}`,
        { cause: error },
      );
    case 'EISDIR':
    case 'ENOTDIR':
    case 'EEXIST':
      return new DataError(
        verb === 'read' ? 'unreadable' : 'unwritable',
        `cannot ${verb} ${path}: ${
          code === 'EISDIR'
            ? 'it is a folder'
            : code === 'EEXIST'
              ? 'a file of that name exists'
              : 'part of the path is a file'
        }`,
        { cause: error },
      );
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return new DataError(
        'disk-full',
        `no space left to write ${path}; free some or choose another folder`,
        {
          cause: error,
        },
      );
    default:
      return error;
  }
}
