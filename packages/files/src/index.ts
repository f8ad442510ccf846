export { describeDiskError, diskWords, systemCode, type Told } from './disk-words.js';
export { makeFolder, syncFolder } from './folders.js';
export { removeAtExit } from './leftovers.js';
export { findHolder, HeldError, type Lock, takeLock } from './lock.js';
export { type Owner, thisProcess } from './owner.js';
export { replaceFile, writeAll, writeAllSync, writeAside } from './write-aside.js';
