import {
  BASELINES,
  type Estimate,
  type Estimates,
  type MeasureInfo,
  PIXEL_MEASURES,
  type PixelMeasure,
} from '@pcam/evaluation';
import { type Interval, PARTLY_TUMOROUS } from '@pcam/metrics';
import type { Evaluation } from './evaluate.js';
import { headlines } from './metrics.js';
import { threeDecimals } from './numbers.js';
import { baselinesOf } from './segmentation.js';

/** The result on a terminal. */
export function summaryLines({
  metrics,
  segmentation,
}: Pick<Evaluation, 'metrics' | 'segmentation'>): string[] {
  const shown = headlines(metrics);
  const pixels = segmentation?.estimates ? PIXEL_MEASURES : [];
  const titles = [
    ...shown.map(({ title }) => title),
    ...pixels.map(({ short, of }) =>
      of === 'map' && segmentation?.estimates?.gain ? `gain in ${short}` : short,
    ),
  ];
  const width = Math.max(18, ...titles.map((title) => title.length));
  const row = (
    name: string,
    value: number | null,
    ci: Interval | null,
    without = 'one class only',
  ): string => {
    const text = value === null ? `undefined (${without})` : threeDecimals(value);
    return `${name.padEnd(width)} ${text}${ci ? `  [${threeDecimals(ci[0])}, ${threeDecimals(ci[1])}]` : ''}`;
  };
  const { n, positives, threshold, imagesPerSecond } = metrics;
  const lines = [
    `${n} ${n === 1 ? 'patch' : 'patches'}, ${positives} with tumour, ${imagesPerSecond} patches/s; threshold ${threshold.toFixed(3)}, ${metrics.thresholdSource}`,
    ...shown.map(({ title, value, ci95 }) => row(title, value, ci95)),
  ];
  if (!segmentation) return lines;
  const { estimates, thresholds, method, predictedShare, partlyTumorous } = segmentation;
  const cut = `masks: ${method}, cut at ${thresholds.plain.toPrecision(3)} (${thresholds.plainSource})`;
  if (!estimates) {
    const share = `${(100 * predictedShare).toFixed(1)} % of the pixels`;
    return [...lines, cut, `they call ${share} tumour; no scores, since the data has no masks`];
  }
  const { model, maskSelected, compare, gain } = estimates;
  const line = ({ short, needs }: MeasureInfo, { value, ci95 }: Estimate, before = ''): string =>
    row(`${before}${short}`, value, ci95, needs && `without ${needs}`);
  const beside = (key: PixelMeasure): string => {
    const value = (from: Estimates): string => from[key]?.value?.toFixed(3) ?? 'undefined';
    const others = baselinesOf(estimates).flatMap(([name, found]) =>
      // What a coin reaches is what a constant does, or less.
      name === 'random' ? [] : [`${BASELINES[name].short} ${value(found)}`],
    );
    return [...(compare ? [`compared run ${value(compare)}`] : []), ...others].join(', ');
  };
  const [least, most] = PARTLY_TUMOROUS.map((share) => `${100 * share} %`);
  return [
    ...lines,
    cut,
    `within patches: means over the ${partlyTumorous} of ${n} patches that are partly tumorous (${least} to ${most} of their area)`,
    ...pixels.map((measure) => {
      // Pooled or within patches, each measure of maps is told beside what ignores place.
      const shared = measure.of === 'map' || measure.principal ? `  (${beside(measure.key)})` : '';
      return `${line(measure, model[measure.key]!)}${shared}`;
    }),
    ...pixels.flatMap((measure) => {
      const found = measure.principal && maskSelected?.[measure.key];
      return found ? [`${line(measure, found)}  (cut at ${thresholds.maskSelectedSource})`] : [];
    }),
    ...pixels.flatMap((measure) => {
      const found = measure.of === 'map' && gain?.[measure.key];
      return found ? [line(measure, found, 'gain in ')] : [];
    }),
  ];
}
