import { statSync } from 'node:fs';
import { describeDiskError } from '@pcam/files';

/**
 * What is wrong with a run folder, for code:
 *
 * - `no-run`: it is no run folder; `older`: one of an older version, or half of one;
 * - `unfinished`: the run has not yet made what is asked for; `broken`: a file cannot be read or does not fit the run;
 * - `in-use`: another process trains there; `occupied`: it holds another run, or something else;
 * - `settings`: the run there has other settings; `unwritable`: the disk refuses.
 */
export type RunFolderErrorCode =
  | 'no-run'
  | 'older'
  | 'unfinished'
  | 'broken'
  | 'in-use'
  | 'occupied'
  | 'settings'
  | 'unwritable';

/** What went wrong with a run folder, in one line that says what to do. */
export class RunFolderError extends Error {
  override readonly name = 'RunFolderError';
  readonly code: RunFolderErrorCode;

  constructor(code: RunFolderErrorCode, message: string, options?: ErrorOptions) {
    super(message.replace(/\s*\n\s*/g, ' '), options);
    this.code = code;
  }
}

/** A one-line error for a file that could not be written. */
export function writeError(error: unknown, path: string): Error {
  if (error instanceof RunFolderError || !(error instanceof Error)) return error as Error;
  const words = describeDiskError(error, path, {
    instead: 'another folder',
    afterwards: ', then resume the run',
  });
  const message = words ?? `cannot write ${path}: ${error.message}`;
  return new RunFolderError('unwritable', message, { cause: error });
}

/** @throws RunFolderError */
export function refuseFile(path: string): void {
  if (statSync(path).isDirectory()) return;
  throw new RunFolderError('occupied', `${path} is a file; choose another folder`);
}
