/** A value that was not expected, in a few words for an error. */
export function describe(value: unknown): string {
  if (value === null || value === undefined || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'function') return 'a function';
  if (isPromise(value)) return 'a promise';
  if (isTensor(value)) return `a tensor [${value.shape.join(', ')}]`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  return `an object with ${Object.keys(value).slice(0, 4).join(', ') || 'no keys'}`;
}

export function isPromise(value: unknown): boolean {
  return typeof (value as { then?: unknown } | undefined | null)?.then === 'function';
}

/** Not by class: there may be two copies of tfjs. */
export function isTensor(
  value: unknown,
): value is { readonly shape: readonly number[]; readonly rank: number } {
  const tensor = value as { shape?: unknown; dataSync?: unknown } | undefined | null;
  return Array.isArray(tensor?.shape) && typeof tensor?.dataSync === 'function';
}
