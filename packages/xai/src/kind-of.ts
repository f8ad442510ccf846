/** What was given in the place of something else, for a message: `a promise`, `an array`, `'features'`. */
export function kindOf(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  if ('then' in value) return 'a promise';
  if ('dataSync' in value) return 'a tensor';
  if (Array.isArray(value)) return 'an array';
  return value.constructor?.name ?? 'an object';
}
