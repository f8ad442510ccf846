import type { z } from 'zod';
import type { Command, Program } from './command.js';
import { type Flag, flagsOf } from './flags.js';

/** Columns that names and values of flags take at most; a longer one has its description on the next line. */
const WIDEST = 34;

/** The heading of flags without a group, where others have one. */
const REST = 'Other';

/**
 * The text of `--help`: usage, every flag with its default, under the headings of its group in the order in which
 * they first appear, and examples.
 *
 * @param columns to wrap descriptions at.
 */
export function helpText(command: Command<z.ZodObject>, columns = 100): string {
  const flags = flagsOf(command.options, command.paths);
  const groups = new Map<string, (readonly [string, string])[]>();
  const rest = flags.filter((flag) => flag.group === undefined);
  for (const flag of flags.filter((each) => each.group !== undefined).concat(rest)) {
    add(groups, flag.group ?? REST, [usage(flag), describe(flag)]);
  }
  add(groups, REST, ['--help', 'Show this text']);
  add(groups, REST, ['--version', 'Show the version']);
  return [
    command.summary,
    '',
    usageLine(command),
    ...table(groups, columns),
    '',
    ...examples(command.examples),
  ].join('\n');
}

/** The text of `--help` of a program of several commands. */
export function programHelp({ name, summary, commands }: Program, columns = 100): string {
  const rows = Object.entries(commands).map(([word, command]) => {
    const paths = flagsOf(command.options, command.paths).filter((flag) => flag.isPath);
    return [[word, ...paths.map(usage)].join(' '), command.summary] as const;
  });
  const groups = new Map([
    ['Commands', rows],
    [
      REST,
      [
        ['--help', 'Show this text, or behind a command that of the command'] as const,
        ['--version', 'Show the version'] as const,
      ],
    ],
  ]);
  const lines = Object.values(commands).flatMap((command) => command.examples.slice(0, 1));
  return [
    summary,
    '',
    `Usage: ${name} <command> [flags]`,
    ...table(groups, columns),
    '',
    ...examples(lines),
  ].join('\n');
}

/** What a bare command says: enough to begin with, rather than what is missing alone. */
export function shortHelp(command: Command<z.ZodObject>): string {
  return [
    command.summary,
    '',
    usageLine(command),
    '',
    ...examples(command.examples),
    '',
    `All flags: ${command.name} --help`,
  ].join('\n');
}

function usageLine({ name, options, paths }: Command<z.ZodObject>): string {
  const required = flagsOf(options, paths).filter((flag) => flag.required || flag.isPath);
  return `Usage: ${[name, ...required.map(usage), '[flags]'].join(' ')}`;
}

function examples(lines: readonly string[]): string[] {
  return ['Examples:', ...lines.map((line) => `  $ ${line}`)];
}

/** Rows of names and descriptions under the heading of their group, if there are several. */
function table(
  groups: ReadonlyMap<string, readonly (readonly [string, string])[]>,
  columns: number,
): string[] {
  const lefts = [...groups.values()].flat().map(([left]) => left.length);
  const width = Math.min(WIDEST, Math.max(...lefts));
  return [...groups].flatMap(([group, members]) => [
    '',
    ...(groups.size > 1 ? [`${group}:`] : []),
    ...members.flatMap(([left, right]) => row(left, right, width, columns)),
  ]);
}

function add<T>(groups: Map<string, T[]>, group: string, member: T): void {
  groups.set(group, [...(groups.get(group) ?? []), member]);
}

function row(left: string, right: string, width: number, columns: number): string[] {
  const indent = ' '.repeat(width + 4);
  const [first = '', ...more] = wrap(right, Math.max(20, columns - indent.length));
  const rest = more.map((line) => indent + line);
  if (left.length > width) return [`  ${left}`, indent + first, ...rest];
  return [`  ${left.padEnd(width)}  ${first}`.trimEnd(), ...rest];
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

function usage(flag: Flag): string {
  if (flag.isPath) return flag.placeholder;
  return `--${flag.name}${flag.placeholder ? ` ${flag.placeholder}` : ''}`;
}

function describe(flag: Flag): string {
  const description = withChoices(flag);
  if (flag.isPath) return description;
  if (flag.required) return `${description} (required)`;
  if (flag.fallback === undefined || flag.fallback === false || flag.fallback === '') return description;
  const fallback = typeof flag.fallback === 'string' ? flag.fallback : JSON.stringify(flag.fallback);
  return `${description} [${flag.fallback === true ? `on; --no-${flag.name} turns it off` : fallback}]`;
}

/** Names the choices where neither placeholder nor words do. */
function withChoices({ description, choices, placeholder }: Flag): string {
  if (!choices || choices.every((choice) => `${placeholder} ${description}`.includes(choice)))
    return description;
  return `${description} (${choices.join(', ')})`;
}
