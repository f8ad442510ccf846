import { makeFolder } from '@pcam/files';
import { fileError } from './errors.js';

/** Makes a folder, for something that goes into it. @throws DataError where none may be made. */
export function makeFolderFor(path: string, folder: string): void {
  try {
    makeFolder(folder);
  } catch (error) {
    throw fileError(error, path, 'write');
  }
}
