export type { Command } from './command.js';
export { describeError, UsageError } from './errors.js';
export { type Flag, flagsOf } from './flags.js';
export { inGroup } from './groups.js';
export { helpText } from './help.js';
export { type ParseSettings, parseOptions } from './parse.js';
export { createProgress, formatSeconds, type Progress, type ProgressOptions } from './progress.js';
export { runCommand } from './run-command.js';
export { createTaskProgress, type TaskProgress, type TaskReport } from './tasks.js';
