/**
 * The keys at which two JSON-able objects differ, each as `epochs is 3 there, 5 here`;
 * empty where both are the same JSON, whatever the order of keys.
 */
export function differences(there: object, here: object): string[] {
  const a = JSON.parse(JSON.stringify(there)) as Record<string, unknown>;
  const b = JSON.parse(JSON.stringify(here)) as Record<string, unknown>;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
    .map((key) => ({ key, x: canonical(a[key]), y: canonical(b[key]) }))
    .filter(({ x, y }) => x !== y)
    .map(({ key, x, y }) => `${key} is ${x} there, ${y} here`);
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  if (value === undefined) return 'missing';
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (!inner || typeof inner !== 'object' || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([x], [y]) => (x < y ? -1 : 1)));
  });
}
