import { type Estimate, type Estimates, PIXEL_MEASURES, type PixelMeasure } from '@pcam/evaluation';
import type { Interval } from '@pcam/metrics';
import type { Evaluation } from './evaluate.js';
import { headlines } from './metrics.js';
import { threeDecimals } from './numbers.js';

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
  const line = (name: string, { value, ci95 }: Estimate): string => row(name, value, ci95);
  const beside = (key: PixelMeasure): string => {
    const value = (from: Estimates): string => from[key]?.value?.toFixed(3) ?? 'undefined';
    const others = [`all ones ${value(allOnes)}`, `centre prior ${value(centrePrior)}`];
    return [...(compare ? [`compared run ${value(compare)}`] : []), ...others].join(', ');
  };
  const principal = PIXEL_MEASURES.filter((measure) => measure.principal);
  return [
    ...lines,
    cut,
    ...PIXEL_MEASURES.map(
      (measure) =>
        `${line(measure.short, model[measure.key]!)}${measure.principal ? `  (${beside(measure.key)})` : ''}`,
    ),
    ...principal.flatMap(({ key, short }) =>
      maskSelected?.[key]
        ? [`${line(short, maskSelected[key])}  (cut at ${thresholds.maskSelectedSource})`]
        : [],
    ),
    ...principal.flatMap(({ key, short, of }) =>
      of === 'map' && gain?.[key] ? [line(`gain in ${short}`, gain[key])] : [],
    ),
  ];
}
