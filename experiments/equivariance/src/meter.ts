import type { StepRecord } from '@pcam/training';

/** Seconds of all cores' work, of this process, since it was made: what else the machine does has no part in it. */
export function coreSeconds(): () => number {
  const start = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1e6;
  };
}

/** Core seconds from step to step within a round, so that neither validation nor the first step's preparations count. */
export interface StepMeter {
  onStep(record: Pick<StepRecord, 'epoch'>): void;
  /** Null before any two steps of one round. */
  secondsPerStep(): number | null;
}

export function stepMeter(): StepMeter {
  let last: { readonly epoch: number; readonly elapsed: () => number } | undefined;
  let [seconds, steps] = [0, 0];
  return {
    onStep({ epoch }) {
      if (last?.epoch === epoch) {
        seconds += last.elapsed();
        steps++;
      }
      last = { epoch, elapsed: coreSeconds() };
    },
    secondsPerStep: () => (steps === 0 ? null : seconds / steps),
  };
}
