/**
 * A value that was not expected, in a few words for an error: `'0.5'` (a text), `1n`, `an array`, `a promise`,
 * `a tensor [2, 3]`, `a Float32Array`, `an object with images, labels`.
 */
export function describeValue(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  if (isPromise(value)) return 'a promise';
  if (isTensor(value)) return `a tensor [${value.shape.join(', ')}]`;
  if (Array.isArray(value)) return 'an array';
  const kind = value.constructor?.name;
  if (kind && kind !== 'Object') return `${/^[AEIO]/.test(kind) ? 'an' : 'a'} ${kind}`;
  return `an object with ${Object.keys(value).slice(0, 4).join(', ') || 'no keys'}`;
}

export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | undefined | null)?.then === 'function';
}

/** Not by class: there may be two copies of tfjs. */
export function isTensor(
  value: unknown,
): value is { readonly shape: readonly number[]; readonly rank: number } {
  const tensor = value as { shape?: unknown; dataSync?: unknown } | undefined | null;
  return Array.isArray(tensor?.shape) && typeof tensor?.dataSync === 'function';
}
