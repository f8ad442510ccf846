export { checkOptions } from './check-options.js';
export { type Command, type Program, type Subcommand, subcommand } from './command.js';
export { describeError, UsageError } from './errors.js';
export { type Flag, flagName, flagsOf, inGroup } from './flags.js';
export { helpText } from './help.js';
export {
  type DescribedOption,
  type OptionFlags,
  type OptionKey,
  optionFlags,
  optionKey,
  optionValues,
} from './option-flags.js';
export { type ParseSettings, parseOptions } from './parse.js';
export { createProgress, formatSeconds, type ProgressLine, type ProgressOptions } from './progress.js';
export { runCommand, runProgram } from './run-command.js';
export { shellLine } from './shell.js';
export { createTaskProgress, type TaskProgress, type TaskReport } from './tasks.js';
