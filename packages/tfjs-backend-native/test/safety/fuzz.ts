/**
 * Calls every function of the addon with arguments that are wrong in all sorts of ways. Anything but a return or a
 * JavaScript error ends this process. `fuzz.ts LOG [runs per function]`: the call under way stands in LOG.
 */
import { ftruncateSync, openSync, writeSync } from 'node:fs';
import { inspect } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { loadAddon } from '../../src/addon.js';
import { registerNativeBackend } from '../../src/register.js';
import { anythings, damages } from './damage.js';
import { guarded } from './guard.js';
import { type Calls, copy, functionsOf, learn, record } from './record.js';
import { tour } from './tour.js';

const log = openSync(process.argv[2]!, 'w');
const numRuns = Number(process.argv[3] ?? 150);

registerNativeBackend();
await tf.setBackend('native');
const addon = loadAddon();
const calls: Calls = record(addon, tour);
addon.setThreads(3);

for (const [name, call] of functionsOf(addon)) {
  // What is right stays right, which also says that the calls below start from something.
  for (const args of calls.get(name) ?? []) call(...args.map(copy));
  const starts = calls.get(name) ?? [learn(call)];
  if (process.argv[4]) console.log(name, calls.get(name)?.length ?? starts[0]!.length);
  const attempt = (given: readonly unknown[]): void => {
    note(`${name}(${given.map(show).join(', ')})`);
    const { args, broken } = guarded(given);
    try {
      const result = call(...args);
      if (result instanceof ArrayBuffer) addon.release(result);
    } catch (error) {
      if (!(error instanceof Error)) throw new Error(`${name} threw ${inspect(error)}`);
    }
    if (broken()) throw new Error(`${name} wrote outside of an array`);
    if (
      args.some(
        (arg, i) => ArrayBuffer.isView(arg) && arg.byteLength !== (given[i] as Float32Array).byteLength,
      )
    ) {
      throw new Error(`${name} detached an array`);
    }
  };
  fc.assert(fc.property(anythings, attempt), { numRuns: Math.ceil(numRuns / 4) });
  fc.assert(
    fc.property(fc.nat(starts.length - 1), damages, (start, changes) => {
      const damaged = starts[start]!.map(copy);
      for (const change of changes) change(damaged);
      attempt(damaged);
    }),
    { numRuns },
  );
  addon.setThreads(3);
}

function show(value: unknown): string {
  if (value instanceof Float32Array) return `Float32Array(${value.length})`;
  return inspect(value, { maxArrayLength: 20, breakLength: Number.POSITIVE_INFINITY });
}

function note(text: string): void {
  const bytes = Buffer.from(`${text}\n`);
  writeSync(log, bytes, 0, bytes.length, 0);
  ftruncateSync(log, bytes.length);
}
