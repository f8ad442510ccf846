import type { EvaluationMetrics } from './metrics.js';

/** The result on a terminal. */
export function summaryLines(metrics: EvaluationMetrics): string[] {
  const row = (name: string, value: number | null, ci: readonly [number, number] | null): string => {
    const text = value === null ? 'undefined (one class only)' : value.toFixed(3);
    return `${name.padEnd(18)} ${text}${ci ? `  [${ci[0].toFixed(3)}, ${ci[1].toFixed(3)}]` : ''}`;
  };
  const { n, positives, threshold, imagesPerSecond } = metrics;
  return [
    `${n} patches, ${positives} with tumour, ${imagesPerSecond} patches/s; threshold ${threshold.toFixed(3)}, ${metrics.thresholdSource}`,
    row('AUROC', metrics.auroc, metrics.aurocCi95),
    row('average precision', metrics.averagePrecision, metrics.averagePrecisionCi95),
    row('accuracy', metrics.accuracy, metrics.accuracyCi95),
    row('sensitivity', metrics.sensitivity, metrics.sensitivityCi95),
    row('specificity', metrics.specificity, metrics.specificityCi95),
    row('ECE', metrics.ece, metrics.eceCi95),
  ];
}
