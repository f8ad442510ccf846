import type { BinaryEvaluation, Confusion } from '@pcam/metrics';

/** `metrics.json`: flat keys, ready for a table. */
export interface EvaluationMetrics extends Omit<BinaryEvaluation, 'confusion'>, Confusion {
  readonly model: string;
  readonly dataset: string;
  readonly split: string;
  readonly checkpoint: string;
  /** Of the checkpoint's file. */
  readonly weightsSha256: string;
  readonly tta: boolean;
  readonly engine: string;
  readonly device: string;
  readonly thresholdSource: string;
  /** Whether intervals draw whole slides or single patches. */
  readonly clustered: boolean;
  readonly imagesPerSecond: number;
}
