import { parseArgs } from 'node:util';
import { suggest } from '@pcam/options';
import type { z } from 'zod';
import { UsageError } from './errors.js';
import { type Flag, flagsOf } from './flags.js';
import { readPreset } from './preset.js';

/** A command of no more flags than this names them all to who gave another. */
const FEW = 8;

/** What the schema alone does not say of a command line. */
export interface ParseSettings {
  /** As messages name it, e.g. `pcam-data verify`. */
  readonly name?: string;
  /** Options that are paths and are given without a flag, in this order. */
  readonly paths?: readonly string[];
  /** The option that names a JSON file holding more options, if the command has one. */
  readonly presetKey?: string;
  /**
   * What may be named there in place of a file, options by name, or what they are beside the flags that were given; a
   * file that is called so is given as `./name`.
   */
  readonly presets?: Readonly<
    Record<
      string,
      | Readonly<Record<string, unknown>>
      | ((given: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>)
    >
  >;
  /** Options that what was given implies, such as those of a run to resume. @throws UsageError */
  implied?(given: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> | undefined;
  /** Refuses what says nothing beside the rest; sees what was given, without defaults. @throws UsageError */
  check?(given: Readonly<Record<string, unknown>>, implied: Readonly<Record<string, unknown>>): void;
  /** Names that people try, each with the option that is meant: `{ ema: 'emaDecay' }`. */
  readonly otherNames?: Readonly<Record<string, string>>;
}

/**
 * Options from the command line: schema defaults, implied options, a preset's keys, flags,
 * each over the one before.
 *
 * @param argv what follows the program's name.
 * @throws UsageError in one line: an unknown flag or key, a wrong type or value, something missing.
 */
export function parseOptions<Schema extends z.ZodObject>(
  schema: Schema,
  argv: readonly string[],
  settings: ParseSettings = {},
): z.output<Schema> {
  const { presetKey } = settings;
  const flags = flagsOf(schema, settings.paths);
  const given = fromArguments(flags, argv, settings);
  const file = presetKey === undefined ? undefined : given[presetKey];
  const preset = typeof file === 'string' ? readPreset(file, given, flags, settings) : {};
  const implied = settings.implied?.({ ...preset, ...given }) ?? {};
  settings.check?.({ ...preset, ...given }, implied);
  const result = schema.safeParse({ ...implied, ...preset, ...given });
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const key = String(issue?.path[0] ?? '');
  const flag = flags.find((candidate) => candidate.key === key);
  if (!flag) throw new UsageError(issue?.message ?? 'the options do not fit');
  const asGiven = flag.isPath ? flag.placeholder : `--${flag.name}`;
  const where = key in given || !(key in preset) ? asGiven : `${file}: key "${key}"`;
  const value = [given, preset, implied].find((source) => key in source)?.[key];
  if (value === undefined && flag.isPath) {
    throw new UsageError(`give a path: ${settings.name ?? ''} ${flag.placeholder} (see --help)`);
  }
  if (value === undefined) throw new UsageError(`${where} ${flag.placeholder} is missing; see --help`);
  throw new UsageError(
    `${where}: ${explain(issue!, flag)}, got ${JSON.stringify(value)}${nearChoice(value, flag)}`,
  );
}

function fromArguments(
  all: readonly Flag[],
  argv: readonly string[],
  { name, otherNames = {} }: ParseSettings,
): Record<string, unknown> {
  const flags = all.filter((flag) => !flag.isPath);
  const paths = all.filter((flag) => flag.isPath);
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(
      flags.map((flag) => [
        flag.name,
        { type: flag.kind === 'boolean' ? ('boolean' as const) : ('string' as const) },
      ]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values: Record<string, unknown> = {};
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') {
      positionals.push(token.value);
      continue;
    }
    const negated = flags.find((flag) => flag.kind === 'boolean' && token.name === `no-${flag.name}`);
    const flag = negated ?? flags.find((candidate) => candidate.name === token.name);
    if (!flag) throw new UsageError(unknown(token.rawName, token.name, flags, otherNames));
    if (flag.kind === 'boolean') {
      if (token.value !== undefined) throw new UsageError(`${token.rawName} takes no value`);
      values[flag.key] = !negated;
    } else {
      const times = tokens.filter((each) => each.kind === 'option' && each.name === flag.name).length;
      if (times > 1) throw new UsageError(`--${flag.name} is given ${times} times; give it once`);
      values[flag.key] = fromText(flag, token.value);
    }
  }
  const stray = positionals[paths.length];
  if (stray !== undefined) throw new UsageError(tooMany(stray, paths.length, name));
  for (const [i, value] of positionals.entries()) values[paths[i]!.key] = value;
  return values;
}

function tooMany(stray: string, taken: number, name = 'this command'): string {
  if (taken === 0) return `"${stray}" is not a flag; quote a path that holds blanks (see --help)`;
  const own = name.slice(name.lastIndexOf(' ') + 1);
  return `${own} takes ${taken === 1 ? 'one path' : `${taken} paths`}, not also "${stray}"; quote a path that holds blanks`;
}

function unknown(
  raw: string,
  name: string,
  flags: readonly Flag[],
  otherNames: Readonly<Record<string, string>>,
): string {
  const meant = flags.find((flag) => flag.key === otherNames[camelCase(name)])?.name;
  const names = flags.map((flag) => flag.name);
  const near = meant ?? suggest(name, names);
  if (near) return `${raw} is not a flag; did you mean --${near}?`;
  const few = names.length <= FEW ? ` (there are ${names.map((each) => `--${each}`).join(', ')})` : '';
  return `${raw} is not a flag; see --help${few}`;
}

function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function fromText(flag: Flag, text: string | undefined): unknown {
  // Another flag in place of the value is a forgotten value, as is what an unset variable of a script leaves; a lone
  // negative number is one.
  if (text === undefined || text === '' || /^--\D/.test(text)) {
    throw new UsageError(`--${flag.name} needs a value: --${flag.name} ${flag.placeholder}`);
  }
  if (flag.kind === 'number') {
    const value = Number(text);
    if (text.trim() === '' || Number.isNaN(value))
      throw new UsageError(`--${flag.name}: expected a number, got "${text}"`);
    return value;
  }
  if (flag.kind === 'json') {
    try {
      return JSON.parse(text);
    } catch {
      throw new UsageError(`--${flag.name}: expected JSON, got ${text}`);
    }
  }
  return text;
}

function nearChoice(value: unknown, { choices, otherChoices = {} }: Flag): string {
  if (!choices || typeof value !== 'string') return '';
  const near = Object.hasOwn(otherChoices, value) ? otherChoices[value] : suggest(value, choices);
  return near === undefined ? '' : `; did you mean ${near}?`;
}

function explain(issue: z.core.$ZodIssue, flag: Flag): string {
  if (flag.choices) return `expected one of ${flag.choices.join(', ')}`;
  return issue.message.replace(/^(Invalid input|Too small|Too big): /, '').replace(/, received.*$/, '');
}
