import { z } from 'zod';

/** An option of a method as a table of methods describes it, in plain values. */
export interface DescribedOption<Value = unknown> {
  /**
   * `count`: a whole number from 1 on; `share`: from 0 to 1; `seed`: a whole number; `image`: a number that stands for
   * one; `choice`: one of `choices`; any other is text.
   */
  readonly kind: string;
  readonly description: string;
  readonly default?: Value;
  readonly choices?: readonly string[];
  /** The methods that read it, for the help. */
  readonly of?: readonly string[];
}

type Described = Readonly<Record<string, DescribedOption>>;

/** A described option's key among a command's options: `steps` is `constraintSteps` with the prefix `constraint`. */
export type OptionKey<Prefix extends string, Key extends string> = Prefix extends ''
  ? Key
  : `${Prefix}${Capitalize<Key>}`;

type ValueOf<Option> = Option extends DescribedOption<infer Value> ? NonNullable<Value> : never;

/** What {@link optionFlags} makes. */
export type OptionFlags<Options, Prefix extends string> = {
  [Key in keyof Options & string as OptionKey<Prefix, Key>]: z.ZodOptional<z.ZodType<ValueOf<Options[Key]>>>;
};

/**
 * Flags from a table of options: a schema's shape, to be spread into a command's. None is there unless it was given,
 * so that a command can refuse what nobody reads; defaults are told in the help.
 *
 * @param prefix before each key, e.g. `constraint` for `--constraint-steps`.
 */
export function optionFlags<Options extends object, Prefix extends string = ''>(
  options: Options,
  prefix: Prefix = '' as Prefix,
): OptionFlags<Options, Prefix> {
  const flags = Object.entries(options as Described).map(([key, option]) => {
    const flag = schemaOf(option).optional().describe(helpOf(option));
    return [optionKey(prefix, key), option.kind === 'name' ? flag.meta({ placeholder: 'NAME' }) : flag];
  });
  return Object.fromEntries(flags);
}

/** Of a command's options, those that {@link optionFlags} made, by the table's own keys. */
export function optionValues<Options extends object>(
  options: Options,
  values: object,
  prefix = '',
): { readonly [Key in keyof Options]?: ValueOf<Options[Key]> | undefined } {
  const given = values as Readonly<Record<string, unknown>>;
  const own = Object.keys(options).map((key) => [key, given[optionKey(prefix, key)]]);
  return Object.fromEntries(own);
}

/** @returns `constraintSteps` for `constraint` and `steps`. */
export function optionKey<Prefix extends string, Key extends string>(
  prefix: Prefix,
  key: Key,
): OptionKey<Prefix, Key> {
  const name = prefix === '' ? key : `${prefix}${key.charAt(0).toUpperCase()}${key.slice(1)}`;
  return name as OptionKey<Prefix, Key>;
}

function schemaOf({ kind, choices = [] }: DescribedOption): z.ZodType {
  switch (kind) {
    case 'count':
      return z.number().int().min(1);
    case 'seed':
      return z.number().int();
    case 'share':
      return z.number().min(0).max(1);
    case 'image':
      return z.number();
    case 'choice':
      return z.enum(choices);
    default:
      return z.string();
  }
}

/** `Of integratedGradients: gradients along the way; 4 by default`. */
function helpOf({ description, default: fallback, of }: DescribedOption): string {
  const text = fallback === undefined ? description : `${description}; ${fallback} by default`;
  return of ? `Of ${of.join(', ')}: ${text.charAt(0).toLowerCase()}${text.slice(1)}` : text;
}
