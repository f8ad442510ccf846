import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync } from 'node:fs';
import type { RecordLog } from '../records.js';
import { explain, RunFolderError, writeAll } from './files.js';

/** A {@link RecordLog} in a file. */
export interface JsonLinesLog extends RecordLog {
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
      throw explain(error, path);
    }
  };
  return {
    append(record) {
      use((file) => writeAll(file, Buffer.from(`${JSON.stringify(record)}\n`)));
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
