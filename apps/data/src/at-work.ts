import { createTaskProgress } from '@pcam/cli';
import type { OnProgress } from '@pcam/pcam-data/node';

/** What a command may use of the world. */
export interface Tools {
  /** A line of its result, on stdout. */
  readonly print: (line: string) => void;
  /** Shown on stderr. */
  readonly onProgress: OnProgress;
  /** Of the first Ctrl-C. */
  readonly signal: AbortSignal;
}

/**
 * Works with progress shown, and stops at Ctrl-C with exit code 130: at once, or, where `resumes` says that the work
 * can be gone on with, at the first in order, at the second at once.
 */
export async function atWork(
  work: (tools: Tools) => Promise<void>,
  { resumes = false }: { readonly resumes?: boolean } = {},
): Promise<void> {
  const stop = new AbortController();
  const progress = createTaskProgress();
  const interrupt = (): void => {
    progress.end();
    if (!resumes || stop.signal.aborted) process.exit(130);
    stop.abort();
  };
  const print = (line: string): void => {
    progress.end();
    process.stdout.write(`${line}\n`);
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    await work({ print, onProgress: progress.report, signal: stop.signal });
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    process.stderr.write('pcam-data: stopped; the same command goes on from here\n');
    process.exitCode = 130;
  } finally {
    progress.end();
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}
