import type { Loader } from '@pcam/pcam-data';
import type { Monitor } from '../monitor.js';

/** Scores that one class leaves undefined: every epoch would be as good as the first. */
const OF_BOTH: readonly Monitor[] = ['auroc', 'averagePrecision', 'balancedAccuracy'];

interface Split {
  readonly data: Loader;
  readonly valid?: Loader | undefined;
  readonly monitor: Monitor;
  /** A loss of one's own may have its reasons. */
  readonly ownLoss: boolean;
}

/** @throws Error where one class alone is there to learn from, or to tell the best epoch by. */
export function checkClasses({ data, valid, monitor, ownLoss }: Split): void {
  const alone = ownLoss ? undefined : lacking(data);
  if (alone) throw new Error(`fit: ${alone}; there is nothing to tell apart: give patches of both classes`);
  const unseen = valid && OF_BOTH.includes(monitor) ? lacking(valid) : undefined;
  if (unseen) throw new Error(`fit: ${unseen}; monitor '${monitor}' needs both: give monitor 'loss'`);
}

function lacking({ dataset: { name, labels } }: Loader): string | undefined {
  const positives = labels.reduce((sum: number, label) => sum + label, 0);
  if (positives > 0 && positives < labels.length) return undefined;
  return `${name} has ${labels.length - positives} negatives and ${positives} positives`;
}
