/** At most so many are named. */
const MOST = 6;
/** Values are cut at so many characters. */
const LONGEST = 80;

/**
 * The keys at which two JSON-able objects differ, those of objects within by their path, each as
 * `optimizer.learningRate is 3 there, 5 here`; empty where both are the same JSON, whatever the order of keys.
 *
 * @param counts whether a path is looked at; all are by default.
 */
export function differences(
  there: object,
  here: object,
  counts: (path: string) => boolean = () => true,
): string[] {
  const all = compare(plain(there), plain(here), '')
    .filter(({ path }) => counts(path))
    .map(({ path, x, y }) => `${path} is ${short(x)} there, ${short(y)} here`);
  return all.length <= MOST ? all : [...all.slice(0, MOST), `and ${all.length - MOST} more`];
}

type Values = Readonly<Record<string, unknown>>;

interface Difference {
  readonly path: string;
  readonly x: unknown;
  readonly y: unknown;
}

function compare(a: Values, b: Values, prefix: string): Difference[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) => {
    const [x, y] = [a[key], b[key]];
    const path = prefix + key;
    if (isObject(x) && isObject(y)) return compare(x, y, `${path}.`);
    return canonical(x) === canonical(y) ? [] : [{ path, x, y }];
  });
}

function plain(value: object): Values {
  return JSON.parse(JSON.stringify(value)) as Values;
}

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function short(value: unknown): string {
  const text = canonical(value);
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  if (value === undefined) return 'missing';
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (!isObject(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([x], [y]) => (x < y ? -1 : 1)));
  });
}
