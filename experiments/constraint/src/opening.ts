import { createHash } from 'node:crypto';
import { cpSync, existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { resolveCompose } from '@pcam/pcam-data';
import type { Setting } from './settings.js';

/** What decides an opening besides its setting. */
interface OpeningOf {
  readonly seed: number;
  /** By name. */
  readonly data: string;
  readonly epochs: number;
  readonly out: string;
}

/**
 * The epochs before a constraint sets in. Settings that differ in what is constrained alone learn the same in them, bit
 * by bit, so that they are trained once.
 */
export interface Opening {
  readonly epochs: number;
  /** Copies its checkpoint to a folder that has none. @returns whether it did. */
  take(running: string): boolean;
  /** Keeps the checkpoint of a training that has just ended its last epoch. */
  keep(running: string): void;
}

/** Undefined where the constraint is on from the first epoch, or there is none. */
export function openingOf(setting: Setting, { seed, data, epochs, out }: OpeningOf): Opening | undefined {
  const weight = setting.constraint?.weight;
  const from = typeof weight === 'object' ? (weight.from ?? 0) : 0;
  const until = Math.floor(from * epochs);
  if (until === 0) return undefined;
  const { model, augment } = setting;
  // What is composed later alone is the same so far.
  const composing = resolveCompose(setting.compose);
  const compose = composing && composing.from * epochs < until ? composing : null;
  const kept = join(out, 'openings', digest({ model, augment, compose, seed, data, epochs, until }));
  return {
    epochs: until,
    take(running) {
      if (existsSync(running) || !existsSync(kept)) return false;
      copy(kept, running);
      return true;
    },
    keep(running) {
      if (!existsSync(kept)) copy(running, kept);
    },
  };
}

/** A name for plain values. */
export function digest(values: unknown): string {
  return createHash('sha256').update(JSON.stringify(values)).digest('hex').slice(0, 12);
}

/** All of it or nothing. */
function copy(from: string, to: string): void {
  const partial = `${to}.partial`;
  rmSync(partial, { recursive: true, force: true });
  cpSync(from, partial, { recursive: true });
  renameSync(partial, to);
}
