import fc from 'fast-check';

type Typed = Float32Array | Int32Array | Uint8Array;

const NUMBERS: readonly unknown[] = [
  ...[0, -0, 1, 2, 3, -1, 7, 63, 65, 255, 257, 0.5, 65_536, 1e6],
  ...[2 ** 30, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 53, 1e300, -(2 ** 31), Number.NaN],
  ...[Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
];

const OTHERS: readonly unknown[] = [
  ...[undefined, null, true, '', '3', 5n, Symbol('x'), {}, [], [1, 2, 3], () => 1],
  ...[new ArrayBuffer(16), new DataView(new ArrayBuffer(16)), new Float64Array(9), new Uint16Array(9)],
];

const number = fc.constantFrom(...NUMBERS);
const anything = fc.oneof(
  number,
  fc.constantFrom(...OTHERS),
  fc.nat({ max: 40 }).map((length) => new Float32Array(length)),
  fc.nat({ max: 20 }).map((length) => new Int32Array(length).fill(1)),
  fc.nat({ max: 20 }).map((length) => new Uint8Array(length)),
);

/** One change of one argument. */
type Damage = (args: unknown[]) => void;

const replace = fc.tuple(fc.nat(), anything).map(([at, value]): Damage => change(at, () => value));
const resize = fc.tuple(fc.nat(), fc.constantFrom(-1, -2, 1, 0, 0.5)).map(
  ([at, by]): Damage =>
    change(at, (old) => {
      if (!isTyped(old)) return old;
      const { length } = old as Typed;
      const wanted = Number.isInteger(by) && by !== 0 ? length + by : Math.floor(length * by);
      return old.slice(0, Math.max(0, wanted));
    }),
);
const renumber = fc.tuple(fc.nat(), fc.nat(), number).map(
  ([at, element, value]): Damage =>
    change(at, (old) => {
      if (typeof old === 'number') return value;
      if (old instanceof Int32Array && old.length > 0) old[element % old.length] = Number(value);
      return old;
    }),
);
const swap = fc.tuple(fc.nat(), fc.nat()).map(
  ([a, b]): Damage =>
    (args) => {
      if (args.length === 0) return;
      const [i, j] = [a % args.length, b % args.length];
      [args[i], args[j]] = [args[j], args[i]];
    },
);
const detach = fc.nat().map(
  (at): Damage =>
    change(at, (old) => {
      if (isTyped(old)) structuredClone(old.buffer, { transfer: [old.buffer as ArrayBuffer] });
      return old;
    }),
);
const shorten = fc.nat().map(
  (at): Damage =>
    (args) => {
      args.length = at % (args.length + 1);
    },
);

/** Up to three changes; most leave all but one argument as it was, so that checks behind others are reached. */
export const damages: fc.Arbitrary<Damage[]> = fc.array(
  fc.oneof(
    { arbitrary: renumber, weight: 6 },
    { arbitrary: resize, weight: 4 },
    { arbitrary: replace, weight: 3 },
    { arbitrary: swap, weight: 1 },
    { arbitrary: detach, weight: 1 },
    { arbitrary: shorten, weight: 1 },
  ),
  { minLength: 1, maxLength: 3 },
);

export const anythings: fc.Arbitrary<unknown[]> = fc.array(anything, { maxLength: 18 });

/** Detached arrays have nothing to change. */
function isTyped(value: unknown): value is Typed {
  const typed = value instanceof Float32Array || value instanceof Int32Array || value instanceof Uint8Array;
  return typed && value.buffer.byteLength > 0;
}

function change(at: number, to: (old: unknown) => unknown): Damage {
  return (args) => {
    if (args.length > 0) args[at % args.length] = to(args[at % args.length]);
  };
}
