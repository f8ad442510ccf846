import { setTimeout as sleep } from 'node:timers/promises';
import { machineTime, processorTime } from './processor-time.js';
import type { Side } from './side.js';
import type { Round } from './statistics.js';

/** OpenMP and OpenBLAS threads spin for some tens of milliseconds after work; let them fall asleep. */
const pauseMs = 150;

/** Shares of one core that were busy while the turns were timed: 1 is one core. */
export interface Disturbance {
  /** Of the side that should have slept. */
  readonly idle: number;
  /** Of every other program. */
  readonly others: number;
}

/** Turns A B A B; `torch` is empty without that side. */
export async function takeTurns(
  ours: Side,
  torch: Side | undefined,
  { rounds, iterations }: { readonly rounds: number; readonly iterations: number },
): Promise<{ rounds: Round[]; disturbance: Disturbance }> {
  const taken: Round[] = [];
  const spent = { wall: 0, idle: 0, others: 0 };
  const turn = async (side: Side, other: Side | undefined): Promise<readonly number[]> => {
    await sleep(pauseMs);
    const before = clocks(side, other);
    const { milliseconds } = await side.ask('time', { iterations });
    const after = clocks(side, other);
    spent.wall += after.wall - before.wall;
    spent.idle += after.other - before.other;
    spent.others += after.machine - before.machine - (after.known - before.known);
    return milliseconds;
  };
  for (let round = 0; round < rounds; round++) {
    const timed = await turn(ours, torch);
    taken.push({ ours: timed, torch: torch ? await turn(torch, ours) : [] });
  }
  const disturbance = { idle: spent.idle / spent.wall, others: Math.max(0, spent.others / spent.wall) };
  return { rounds: taken, disturbance };
}

function clocks(side: Side, other: Side | undefined) {
  const idle = other ? (processorTime(other.pid) ?? 0) : 0;
  const known = idle + (processorTime(side.pid) ?? 0) + (processorTime(process.pid) ?? 0);
  return { wall: performance.now(), other: idle, known, machine: machineTime() ?? known };
}
