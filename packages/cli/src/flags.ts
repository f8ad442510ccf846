import { z } from 'zod';

/** What one option of a schema looks like on the command line. */
export interface Flag {
  /** The schema's key, e.g. `batchSize`. */
  readonly key: string;
  /** As typed, without dashes, e.g. `batch-size`. */
  readonly name: string;
  readonly kind: 'boolean' | 'number' | 'string' | 'json';
  readonly choices?: readonly string[];
  /** What people write for a choice, each with the one that is meant. */
  readonly otherChoices?: Readonly<Record<string, string>>;
  readonly description: string;
  /** How help names the value, e.g. `DIR`. */
  readonly placeholder: string;
  /** The heading that help shows it under. */
  readonly group?: string;
  readonly fallback?: unknown;
  readonly required: boolean;
  /** Given without a flag, by its place. */
  readonly isPath: boolean;
}

interface Property {
  type?: string;
  enum?: unknown[];
  description?: string;
  placeholder?: string;
  group?: string;
  otherChoices?: Readonly<Record<string, string>>;
  default?: unknown;
  anyOf?: Property[];
  const?: unknown;
}

/**
 * Every option of a command is a key of one flat zod object; `.describe()` and `.meta({placeholder, group, otherChoices})`
 * feed the help.
 *
 * @param paths options that are given by their place, which come first, in this order.
 */
export function flagsOf(schema: z.ZodObject, paths: readonly string[] = []): Flag[] {
  const flags = allFlags(schema, paths);
  const place = ({ key, isPath }: Flag): number => (isPath ? paths.indexOf(key) : paths.length);
  return flags.sort((a, b) => place(a) - place(b));
}

/** As typed, without dashes: `batch-size` of `batchSize`. */
export function flagName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/**
 * Options that help shows under one heading: `z.strictObject({ ...inGroup('Data', { data: z.string() }), … })`. The
 * same as `.meta({ group })` on each.
 */
export function inGroup<Shape extends z.core.$ZodLooseShape>(group: string, shape: Shape): Shape {
  const grouped = Object.entries(shape).map(([key, option]) => [key, (option as z.ZodType).meta({ group })]);
  return Object.fromEntries(grouped) as Shape;
}

function allFlags(schema: z.ZodObject, paths: readonly string[]): Flag[] {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as {
    properties?: Record<string, Property>;
    required?: string[];
  };
  return Object.entries(json.properties ?? {}).map(([key, property]) => {
    const kind = kindOf(property);
    const choices = property.enum?.map(String);
    const isPath = paths.includes(key);
    const placeholder = { boolean: '', number: 'N', string: 'TEXT', json: 'JSON' }[kind];
    return {
      key,
      name: flagName(key),
      kind,
      ...(choices ? { choices } : {}),
      description: property.description ?? '',
      placeholder: property.placeholder ?? (isPath ? `<${key}>` : choices ? choices.join('|') : placeholder),
      ...(property.otherChoices ? { otherChoices: property.otherChoices } : {}),
      ...(property.group === undefined ? {} : { group: property.group }),
      ...(property.default === undefined ? {} : { fallback: property.default }),
      required: json.required?.includes(key) ?? false,
      isPath,
    };
  });
}

function kindOf(property: Property): Flag['kind'] {
  if (property.type === 'boolean') return 'boolean';
  if (property.type === 'number' || property.type === 'integer') return 'number';
  if (property.type === 'string' || property.enum) return 'string';
  return 'json';
}
