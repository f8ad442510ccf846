import { suggest } from '@pcam/options';
import type { z } from 'zod';
import { surviveClosedPipes } from './closed-pipes.js';
import type { Command, Program } from './command.js';
import { describeError, UsageError } from './errors.js';
import { helpText, programHelp, shortHelp } from './help.js';
import { parseOptions } from './parse.js';

/** Columns of help: as wide as the terminal, no wider than reads well. */
const WIDEST_HELP = 120;

/**
 * Parses the command line, runs the command; an error becomes one line on stderr and exit code 1. `PCAM_DEBUG=1` adds
 * the stack. Work goes on where its output is read no longer (`| head -1`). Without any flag, a command that needs
 * some says how it is used.
 */
export async function runCommand<Schema extends z.ZodObject>(
  command: Command<Schema>,
  argv: readonly string[] = process.argv.slice(2),
): Promise<void> {
  surviveClosedPipes(command.name);
  await execute(command as unknown as Command<z.ZodObject>, argv, command.name);
}

/** As {@link runCommand}, of a program of several commands: the first argument says which. */
export async function runProgram(
  program: Program,
  argv: readonly string[] = process.argv.slice(2),
): Promise<void> {
  surviveClosedPipes(program.name);
  const [word, ...rest] = argv;
  if (word !== undefined && Object.hasOwn(program.commands, word)) {
    const { version } = program;
    const command = { ...program.commands[word]!, name: `${program.name} ${word}`, version };
    return execute(command, rest, program.name);
  }
  if (asksFor('help', argv)) return print(programHelp(program, helpColumns()));
  if (asksFor('version', argv)) return print(program.version);
  process.exitCode = 1;
  if (word === undefined) return print(programHelp(program, helpColumns()));
  const words = Object.keys(program.commands);
  const near = suggest(word, words);
  const hint = near === undefined ? `there are ${words.join(', ')} (see --help)` : `did you mean ${near}?`;
  process.stderr.write(`${program.name}: there is no command "${word}"; ${hint}\n`);
}

/** @param speaker what an error's line begins with. */
async function execute(
  command: Command<z.ZodObject>,
  argv: readonly string[],
  speaker: string,
): Promise<void> {
  if (asksFor('help', argv)) return print(helpText(command, helpColumns()));
  if (asksFor('version', argv)) return print(command.version);
  try {
    await command.run(parseOptions(command.options, argv, command));
  } catch (error) {
    if (argv.length === 0 && error instanceof UsageError) process.stderr.write(`${shortHelp(command)}\n\n`);
    process.stderr.write(`${speaker}: ${describeError(error)}\n`);
    if (process.env.PCAM_DEBUG && !(error instanceof UsageError)) console.error(error);
    process.exitCode = 1;
  }
}

function asksFor(what: 'help' | 'version', argv: readonly string[]): boolean {
  return argv.includes(`--${what}`) || argv.includes(`-${what[0]}`);
}

function helpColumns(): number | undefined {
  const { columns } = process.stdout;
  return columns ? Math.min(columns, WIDEST_HELP) : undefined;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
