import {
  type BinaryEvaluation,
  binaryStatistics,
  type Confusion,
  type Interval,
  type StatisticName,
} from '@pcam/metrics';

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
  /** Whether intervals draw whole groups or single patches. */
  readonly clustered: boolean;
  /** What intervals draw: slides, patches, or the groups of a file. */
  readonly intervalsOver: string;
  readonly imagesPerSecond: number;
}

/** A statistic with what a summary says of it. */
export interface Headline {
  readonly title: string;
  readonly means: string;
  readonly value: number | null;
  readonly ci95: Interval | null;
}

/** The statistics that report and summary show. */
export function headlines(metrics: EvaluationMetrics): Headline[] {
  return Object.entries(binaryStatistics)
    .filter(([, { headline }]) => headline)
    .map(([name, { title, means }]) => ({ title, means, ...estimateOf(metrics, name as StatisticName) }));
}

/** One statistic with its interval. */
export function estimateOf(
  metrics: EvaluationMetrics,
  name: StatisticName,
): Pick<Headline, 'value' | 'ci95'> {
  return { value: metrics[name], ci95: metrics[`${name}Ci95`] };
}
