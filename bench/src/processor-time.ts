import { readFileSync } from 'node:fs';

/** Linux counts processor time in hundredths of a second here. */
const msPerTick = 10;

/** Processor time of a process so far, all threads, in milliseconds; undefined where /proc is missing. */
export function processorTime(pid: number | undefined): number | undefined {
  return reading(`/proc/${pid}/stat`, (text) => {
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' '); // the name before it may hold spaces
    return (Number(fields[11]) + Number(fields[12])) * msPerTick;
  });
}

/** Processor time of everything on this machine so far, in milliseconds. */
export function machineTime(): number | undefined {
  return reading('/proc/stat', (text) => {
    const [user, nice, system, , , irq, softirq, steal] = text
      .split('\n')[0]!
      .split(/\s+/)
      .slice(1)
      .map(Number);
    return (user! + nice! + system! + irq! + softirq! + steal!) * msPerTick;
  });
}

function reading(path: string, parse: (text: string) => number): number | undefined {
  try {
    return parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined; // no Linux, or the process has gone
  }
}
