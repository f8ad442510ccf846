import type { z } from 'zod';
import { surviveClosedPipes } from './closed-pipes.js';
import type { Command } from './command.js';
import { describeError, UsageError } from './errors.js';
import { helpText, shortHelp } from './help.js';
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
  const any = command as unknown as Command<z.ZodObject>;
  if (argv.includes('--help') || argv.includes('-h')) return print(helpText(any, helpColumns()));
  if (argv.includes('--version')) return print(command.version);
  try {
    const options = parseOptions(command.options, argv, command);
    await command.run(options);
  } catch (error) {
    if (argv.length === 0 && error instanceof UsageError) process.stderr.write(`${shortHelp(any)}\n\n`);
    process.stderr.write(`${command.name}: ${describeError(error)}\n`);
    if (process.env.PCAM_DEBUG && !(error instanceof UsageError)) console.error(error);
    process.exitCode = 1;
  }
}

function helpColumns(): number | undefined {
  const { columns } = process.stdout;
  return columns ? Math.min(columns, WIDEST_HELP) : undefined;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
