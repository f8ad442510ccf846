export { describeEnvironment, type Environment } from './environment.js';
export { RunFolderError } from './files.js';
export { abortOnInterrupt, type Interrupt } from './interrupt.js';
export { type JsonLinesLog, jsonLinesLog } from './json-lines.js';
export { type CreateRunOptions, createRun, folderStore, openRun, type Run, type RunConfig } from './run.js';
export { checkRunFolder } from './run-folder.js';
