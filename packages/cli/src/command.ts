import type { z } from 'zod';
import type { ParseSettings } from './parse.js';

export interface Command<Schema extends z.ZodObject> extends ParseSettings {
  /** As typed, e.g. `pcam-train`. */
  readonly name: string;
  readonly version: string;
  readonly summary: string;
  /** Flat: each key is a flag. */
  readonly options: Schema;
  readonly examples: readonly string[];
  run(options: z.output<Schema>): Promise<void>;
}
