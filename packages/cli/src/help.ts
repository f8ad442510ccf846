import type { z } from 'zod';
import type { Command } from './command.js';
import { type Flag, flagsOf } from './flags.js';

/** The text of `--help`: usage, every flag with its default, examples. */
export function helpText(command: Command<z.ZodObject>): string {
  const rows = flagsOf(command.options).map((flag) => [usage(flag), describe(flag)] as const);
  rows.push(['--help', 'Show this text'], ['--version', 'Show the version']);
  const width = Math.min(34, Math.max(...rows.map(([left]) => left.length)));
  const lines = rows.map(([left, right]) =>
    left.length > width ? `  ${left}\n  ${' '.repeat(width)}  ${right}` : `  ${left.padEnd(width)}  ${right}`,
  );
  const examples = command.examples.map((example) => `  ${example}`);
  return [
    command.summary,
    '',
    `Usage: ${command.name} [flags]`,
    '',
    ...lines,
    '',
    'Examples:',
    ...examples,
  ].join('\n');
}

function usage(flag: Flag): string {
  return `--${flag.name}${flag.placeholder ? ` ${flag.placeholder}` : ''}`;
}

function describe(flag: Flag): string {
  if (flag.required) return `${flag.description} (required)`;
  if (flag.fallback === undefined || flag.fallback === false || flag.fallback === '') return flag.description;
  const fallback = typeof flag.fallback === 'string' ? flag.fallback : JSON.stringify(flag.fallback);
  return `${flag.description} [${flag.fallback === true ? `on; --no-${flag.name} turns it off` : fallback}]`;
}
