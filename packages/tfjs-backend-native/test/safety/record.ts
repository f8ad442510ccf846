import type { Addon } from '../../src/addon.js';

export type Function = (...args: unknown[]) => unknown;
type Functions = Record<string, Function>;

/** Some argument lists that each function was called with. */
export type Calls = Map<string, unknown[][]>;

const KEPT = 12;

interface Place {
  readonly holder: Functions;
  readonly key: string;
}

/** Everything that the addon exports, also what is added later, e.g. `matmul` and `unary.Relu`. */
export function functionsOf(addon: Addon): Map<string, Function> {
  return new Map([...placesOf(addon)].map(([name, { holder, key }]) => [name, holder[key]!]));
}

function placesOf(addon: Addon): Map<string, Place> {
  const places = new Map<string, Place>();
  const walk = (holder: object, prefix: string): void => {
    for (const [key, value] of Object.entries(holder)) {
      if (typeof value === 'function') places.set(`${prefix}${key}`, { holder: holder as Functions, key });
      else if (typeof value === 'object' && value !== null) walk(value, `${prefix}${key}.`);
    }
  };
  walk(addon, '');
  return places;
}

/** Puts recorders in front of the addon's functions while `run` computes with it. */
export function record(addon: Addon, run: () => void): Calls {
  const calls: Calls = new Map();
  const originals = functionsOf(addon);
  const places = placesOf(addon);
  for (const [name, { holder, key }] of places) {
    const original = holder[key]!;
    holder[key] = (...args) => {
      const kept = calls.get(name) ?? [];
      calls.set(name, kept);
      // Early and late calls: those between look alike.
      if (kept.length < KEPT) kept.push(args.map(copy));
      else kept[KEPT - 1] = args.map(copy);
      return original(...args);
    };
  }
  try {
    run();
  } finally {
    for (const [name, { holder, key }] of places) holder[key] = originals.get(name)!;
  }
  return calls;
}

/** An argument list that the function's own messages lead to: they name the type that each argument must have. */
export function learn(call: Function): unknown[] {
  const args: unknown[] = [];
  for (let tries = 0; tries < 40; tries++) {
    try {
      call(...args);
      return args;
    } catch (error) {
      const wanted = /argument (\d+) must be an? (\w+)/.exec((error as Error).message);
      const index = Number(wanted?.[1]);
      if (!wanted || args[index] !== undefined) return args;
      args[index] = example(wanted[2]!);
    }
  }
  return args;
}

function example(type: string): unknown {
  if (type === 'Float32Array') return new Float32Array(64).fill(0.5);
  if (type === 'Int32Array') return new Int32Array(64).fill(1);
  if (type === 'Uint8Array') return new Uint8Array(64).fill(1);
  return 1;
}

export function copy(value: unknown): unknown {
  return ArrayBuffer.isView(value) ? (value as Float32Array).slice() : value;
}
