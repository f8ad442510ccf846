import type { Addon } from '../../src/addon.js';

export type Functions = Record<string, (...args: unknown[]) => unknown>;

/** Some argument lists that each function was called with. */
export type Calls = Map<string, unknown[][]>;

const KEPT = 12;

/** Everything that the addon exports, also what is added later. */
export function functionsOf(addon: Addon): Functions {
  return addon as unknown as Functions;
}

/** Puts recorders in front of the addon's functions while `run` computes with it. */
export function record(addon: Addon, run: () => void): Calls {
  const functions = functionsOf(addon);
  const originals = { ...functions };
  const calls: Calls = new Map();
  for (const [name, original] of Object.entries(originals)) {
    functions[name] = (...args) => {
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
    Object.assign(functions, originals);
  }
  return calls;
}

/** An argument list that the function's own messages lead to: they name the type that each argument must have. */
export function learn(call: (...args: unknown[]) => unknown): unknown[] {
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
