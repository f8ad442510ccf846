import type { z } from 'zod';
import type { Command } from './command.js';
import { describeError, UsageError } from './errors.js';
import { helpText } from './help.js';
import { parseOptions } from './parse.js';

/**
 * Parses the command line, runs the command; an error becomes one line on stderr and exit code 1. `PCAM_DEBUG=1` adds the stack.
 */
export async function runCommand<Schema extends z.ZodObject>(
  command: Command<Schema>,
  argv: readonly string[] = process.argv.slice(2),
): Promise<void> {
  if (argv.includes('--help') || argv.includes('-h'))
    return print(helpText(command as unknown as Command<z.ZodObject>));
  if (argv.includes('--version')) return print(command.version);
  try {
    const options = parseOptions(command.options, argv, command);
    await command.run(options);
  } catch (error) {
    process.stderr.write(`${command.name}: ${describeError(error)}\n`);
    if (process.env.PCAM_DEBUG && !(error instanceof UsageError)) console.error(error);
    process.exitCode = 1;
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
