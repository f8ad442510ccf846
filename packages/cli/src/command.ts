import type { z } from 'zod';
import type { ParseSettings } from './parse.js';

/** A program of one command, for `runCommand`. */
export interface Command<Schema extends z.ZodObject> extends ParseSettings {
  /** As typed, e.g. `pcam-train`. */
  readonly name: string;
  readonly version: string;
  readonly summary: string;
  /** Flat: each key is a flag, or one of `paths`. */
  readonly options: Schema;
  readonly paths?: readonly (keyof z.output<Schema> & string)[];
  readonly examples: readonly string[];
  /** Does the work. What it throws is told in one line (see `describeError`), and the process ends with a code other than 0. */
  run(options: z.output<Schema>): Promise<void>;
}

/** One of a program's commands, e.g. `verify` of `pcam-data verify`: the program has its name and version. */
export type Subcommand<Schema extends z.ZodObject = z.ZodObject> = Omit<Command<Schema>, 'name' | 'version'>;

/** Gives `run` the types of `options`, which nobody else needs. */
export function subcommand<Schema extends z.ZodObject>(command: Subcommand<Schema>): Subcommand {
  return command as unknown as Subcommand;
}

/** A program of several commands. */
export interface Program {
  /** As typed, e.g. `pcam-data`. */
  readonly name: string;
  readonly version: string;
  readonly summary: string;
  /** By the word that calls them, in the order in which help shows them. */
  readonly commands: Readonly<Record<string, Subcommand>>;
}
