import type { z } from 'zod';

/**
 * Options that help shows under one heading: `z.strictObject({ ...inGroup('Data', { data: z.string() }), … })`. The
 * same as `.meta({ group })` on each.
 */
export function inGroup<Shape extends z.core.$ZodLooseShape>(group: string, shape: Shape): Shape {
  const grouped = Object.entries(shape).map(([key, option]) => [key, (option as z.ZodType).meta({ group })]);
  return Object.fromEntries(grouped) as Shape;
}
