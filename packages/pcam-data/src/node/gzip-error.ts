import { systemCode } from '@pcam/files';
import { DataError } from './errors.js';

/** Makes one line of what zlib says of a `.gz`; other errors pass unchanged. */
export function gzipError(error: unknown, gz: string): unknown {
  const again = 'download or copy it again';
  switch (systemCode(error)) {
    case 'Z_BUF_ERROR':
      return new DataError('truncated', `${gz} is truncated (its gzip stream ends early); ${again}`, {
        cause: error,
      });
    case 'Z_DATA_ERROR':
      return new DataError(
        'corrupt',
        `${gz} is corrupt or no gzip data (${(error as Error).message}); ${again}`,
        {
          cause: error,
        },
      );
    default:
      return error;
  }
}
