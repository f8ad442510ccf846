import type { Interval } from '@pcam/metrics';
import { threeDecimals } from './decimals.js';
import type { Evaluation } from './evaluate.js';
import { headlines } from './metrics.js';

/** The result on a terminal. */
export function summaryLines({
  metrics,
  segmentation,
}: Pick<Evaluation, 'metrics' | 'segmentation'>): string[] {
  const shown = headlines(metrics);
  const width = Math.max(18, ...shown.map(({ title }) => title.length));
  const row = (name: string, value: number | null, ci: Interval | null): string => {
    const text = value === null ? 'undefined (one class only)' : threeDecimals(value);
    return `${name.padEnd(width)} ${text}${ci ? `  [${threeDecimals(ci[0])}, ${threeDecimals(ci[1])}]` : ''}`;
  };
  const { n, positives, threshold, imagesPerSecond } = metrics;
  const lines = [
    `${n} ${n === 1 ? 'patch' : 'patches'}, ${positives} with tumour, ${imagesPerSecond} patches/s; threshold ${threshold.toFixed(3)}, ${metrics.thresholdSource}`,
    ...shown.map(({ title, value, ci95 }) => row(title, value, ci95)),
  ];
  if (!segmentation) return lines;
  const { estimates, thresholds, method, predictedShare } = segmentation;
  const cut = `masks: ${method}, cut at ${thresholds.plain.toPrecision(3)} (${thresholds.plainSource})`;
  if (!estimates) {
    const share = `${(100 * predictedShare).toFixed(1)} % of the pixels`;
    return [...lines, cut, `they call ${share} tumour; no scores, since the data has no masks`];
  }
  const { model, maskSelected, allOnes, centrePrior, compare, gain } = estimates;
  const value = (found: number | null | undefined): string => found?.toFixed(3) ?? 'undefined';
  const beside = (measure: 'pixelAp' | 'dice'): string =>
    [
      ...(compare ? [`compared run ${value(compare[measure]!.value)}`] : []),
      `all ones ${value(allOnes[measure]!.value)}`,
      `centre prior ${value(centrePrior[measure]!.value)}`,
    ].join(', ');
  const estimate = (name: string, measure: 'pixelAp' | 'pixelAuroc' | 'dice' | 'iou', from = model): string =>
    row(name, from[measure]!.value, from[measure]!.ci95);
  return [
    ...lines,
    cut,
    `${estimate('pixel AP', 'pixelAp')}  (${beside('pixelAp')})`,
    estimate('pixel AUROC', 'pixelAuroc'),
    `${estimate('Dice', 'dice')}  (${beside('dice')})`,
    estimate('IoU', 'iou'),
    ...(maskSelected
      ? [`${estimate('Dice', 'dice', maskSelected)}  (cut at ${thresholds.maskSelectedSource})`]
      : []),
    ...(gain ? [estimate('gain in pixel AP', 'pixelAp', gain)] : []),
  ];
}
