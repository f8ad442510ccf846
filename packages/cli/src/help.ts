import type { z } from 'zod';
import type { Command } from './command.js';
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
  const flags = flagsOf(command.options);
  const groups = new Map<string, (readonly [string, string])[]>();
  const rest = flags.filter((flag) => flag.group === undefined);
  for (const flag of flags.filter((each) => each.group !== undefined).concat(rest)) {
    add(groups, flag.group ?? REST, [usage(flag), describe(flag)]);
  }
  add(groups, REST, ['--help', 'Show this text']);
  add(groups, REST, ['--version', 'Show the version']);
  const lefts = [...groups.values()].flat().map(([left]) => left.length);
  const width = Math.min(WIDEST, Math.max(...lefts));
  const rows = [...groups].flatMap(([group, members]) => [
    '',
    ...(groups.size > 1 ? [`${group}:`] : []),
    ...members.flatMap(([left, right]) => row(left, right, width, columns)),
  ]);
  return [command.summary, '', usageLine(command, flags), ...rows, '', ...examples(command)].join('\n');
}

/** What a bare command says: enough to begin with, rather than what is missing alone. */
export function shortHelp(command: Command<z.ZodObject>): string {
  return [
    command.summary,
    '',
    usageLine(command, flagsOf(command.options)),
    '',
    ...examples(command),
    '',
    `All flags: ${command.name} --help`,
  ].join('\n');
}

function usageLine({ name }: Command<z.ZodObject>, flags: readonly Flag[]): string {
  const required = flags.filter((flag) => flag.required).map(usage);
  return `Usage: ${[name, ...required, '[flags]'].join(' ')}`;
}

function examples(command: Command<z.ZodObject>): string[] {
  return ['Examples:', ...command.examples.map((example) => `  ${example}`)];
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
  return `--${flag.name}${flag.placeholder ? ` ${flag.placeholder}` : ''}`;
}

function describe(flag: Flag): string {
  const description = withChoices(flag);
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
