import { checkKeys, type KnownKeys } from '@pcam/options';
import type { z } from 'zod';

/** @throws Error with a suggestion for a key that the schema has not, as of options that were put together in code. */
export function checkOptions<Schema extends z.ZodObject>(
  where: string,
  options: z.output<Schema>,
  schema: Schema,
): void {
  const known = Object.fromEntries(Object.keys(schema.shape).map((key) => [key, true]));
  checkKeys(where, options, known as KnownKeys<z.output<Schema>>);
}
