import { closeSync, existsSync, fstatSync, fsyncSync, ftruncateSync, openSync, readFileSync } from 'node:fs';
import { writeAllSync } from '@pcam/files';
import type { LogRecord, RecordLog } from '../records.js';
import { RunFolderError, writeError } from './errors.js';

/** A {@link RecordLog} in a file. */
export interface JsonLinesLog extends RecordLog {
  /** Lets go of the file, which the next record opens again. */
  close(): void;
}

/**
 * Records as JSON lines, appended to `path`, which is created when first needed. Positions
 * are in bytes. A line that a crash cut short lies past the last checkpoint's position, so
 * that resuming drops it.
 */
export function jsonLinesLog(path: string): JsonLinesLog {
  let file: number | undefined;
  const use = <T>(work: (file: number) => T): T => {
    try {
      file ??= openSync(path, 'a');
      return work(file);
    } catch (error) {
      throw writeError(error, path);
    }
  };
  return {
    append(record) {
      use((file) => writeAllSync(file, Buffer.from(`${JSON.stringify(record)}\n`)));
    },
    flush: async () =>
      use((file) => {
        fsyncSync(file);
        return fstatSync(file).size;
      }),
    rewind: async (position) =>
      use((file) => {
        const { size } = fstatSync(file);
        if (size < position) {
          throw new RunFolderError(
            'broken',
            `${path} has ${size} bytes, the checkpoint counts on ${position}; restore the file to resume the run`,
          );
        }
        ftruncateSync(file, position);
      }),
    close() {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}

/** The whole lines of a log; none where there is no file. @throws RunFolderError naming the first that is no JSON. */
export function readJsonLines(path: string): LogRecord[] {
  if (!existsSync(path)) return [];
  // Behind the last line break is nothing, or what a crash cut short.
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((line, i) => {
    try {
      return JSON.parse(line) as LogRecord;
    } catch (error) {
      const message = `${path}, line ${i + 1}, cannot be read as JSON; restore the file`;
      throw new RunFolderError('broken', message, { cause: error });
    }
  });
}
