import { describeDiskError, systemCode } from '@pcam/files';

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

/** Turns a file system error into one that says what to do; other errors pass unchanged. */
export function fileError(error: unknown, path: string, verb: 'read' | 'write'): unknown {
  if (error instanceof DataError) return error;
  const told = { verb, instead: 'another folder', afterwards: ' or choose another folder' };
  const message = describeDiskError(error, path, told);
  return message === undefined ? error : new DataError(kindOf(error, verb), message, { cause: error });
}

function kindOf(error: unknown, verb: 'read' | 'write'): DataErrorCode {
  const code = systemCode(error) ?? '';
  if (['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code)) return 'disk-full';
  if (verb === 'write') return 'unwritable';
  return code === 'ENOENT' ? 'missing-file' : 'unreadable';
}
