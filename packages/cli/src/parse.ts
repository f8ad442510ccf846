import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { suggest } from '@pcam/options';
import type { z } from 'zod';
import { UsageError } from './errors.js';
import { type Flag, flagsOf } from './flags.js';

type Given = Readonly<Record<string, unknown>>;

export interface ParseSettings {
  /** The option that names a JSON file holding more options, if the command has one. */
  readonly presetKey?: string;
  /** Options that what was given implies, such as those of a run to resume. @throws UsageError */
  implied?(given: Given): Given | undefined;
  /** Refuses what says nothing beside the rest; sees what was given, without defaults. @throws UsageError */
  check?(given: Given, implied: Given): void;
  /** Names that people try, each with the option that is meant: `{ ema: 'emaDecay' }`. */
  readonly otherNames?: Readonly<Record<string, string>>;
}

/**
 * Options from the command line: schema defaults, implied options, a preset file's keys, flags,
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
  const { presetKey, otherNames = {} } = settings;
  const flags = flagsOf(schema);
  const given = fromFlags(flags, argv, otherNames);
  const file = presetKey === undefined ? undefined : given[presetKey];
  const preset = typeof file === 'string' ? readPreset(file, flags, otherNames) : {};
  const implied = settings.implied?.({ ...preset, ...given }) ?? {};
  settings.check?.({ ...preset, ...given }, implied);
  const result = schema.safeParse({ ...implied, ...preset, ...given });
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const key = String(issue?.path[0] ?? '');
  const flag = flags.find((candidate) => candidate.key === key);
  if (!flag) throw new UsageError(issue?.message ?? 'the options do not fit');
  const where = key in given || !(key in preset) ? `--${flag.name}` : `${file}: key "${key}"`;
  const value = [given, preset, implied].find((source) => key in source)?.[key];
  if (value === undefined) throw new UsageError(`${where} ${flag.placeholder} is missing; see --help`);
  throw new UsageError(
    `${where}: ${explain(issue!, flag)}, got ${JSON.stringify(value)}${nearChoice(value, flag)}`,
  );
}

function fromFlags(
  flags: readonly Flag[],
  argv: readonly string[],
  otherNames: Readonly<Record<string, string>>,
): Record<string, unknown> {
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
  for (const token of tokens) {
    if (token.kind === 'positional') {
      throw new UsageError(`"${token.value}" is not a flag; quote a path that holds blanks (see --help)`);
    }
    if (token.kind === 'option-terminator') continue;
    const negated = flags.find((flag) => flag.kind === 'boolean' && token.name === `no-${flag.name}`);
    const flag = negated ?? flags.find((candidate) => candidate.name === token.name);
    if (!flag) throw new UsageError(unknown(token.rawName, token.name, flags, otherNames));
    if (flag.kind === 'boolean') {
      if (token.value !== undefined) throw new UsageError(`${token.rawName} takes no value`);
      values[flag.key] = !negated;
    } else {
      values[flag.key] = fromText(flag, token.value);
    }
  }
  return values;
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
  return `${raw} is not a flag; ${near ? `did you mean --${near}?` : 'see --help'}`;
}

function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function fromText(flag: Flag, text: string | undefined): unknown {
  // Another flag in place of the value is a forgotten value; a lone negative number is one.
  if (text === undefined || /^--\D/.test(text)) {
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

function readPreset(
  file: string,
  flags: readonly Flag[],
  otherNames: Readonly<Record<string, string>>,
): Record<string, unknown> {
  let preset: unknown;
  try {
    preset = JSON.parse(readText(file));
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const unread = missing ? 'does not exist' : 'cannot be read';
    const reason = error instanceof SyntaxError ? `is not JSON (${error.message})` : unread;
    throw new UsageError(`--preset ${file}: ${reason}`);
  }
  if (typeof preset !== 'object' || preset === null || Array.isArray(preset)) {
    throw new UsageError(`--preset ${file}: expected an object of options`);
  }
  const keys = flags.map((flag) => flag.key);
  for (const key of Object.keys(preset)) {
    if (keys.includes(key)) continue;
    const near = otherNames[key] ?? suggest(key, keys);
    throw new UsageError(`${file}: key "${key}" is not an option${near ? `; did you mean "${near}"?` : ''}`);
  }
  return preset as Record<string, unknown>;
}

/** UTF-8 or UTF-16 by the byte-order mark, which editors and PowerShell's `>` write on Windows. */
function readText(file: string): string {
  const bytes = readFileSync(file);
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
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
