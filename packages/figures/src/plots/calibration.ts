import type { ReliabilityBin } from '@pcam/metrics';
import { DIAGONAL, PLOT_COLOURS, type PlotSpec } from './render.js';

/** Dots on the diagonal mean that 70 % sure is right 70 % of the time; their size is how many patches there are. */
export function reliabilityPlot(
  bins: readonly Pick<ReliabilityBin, 'confidence' | 'frequency' | 'count'>[],
  ece: number,
): PlotSpec {
  const filled = bins.filter((bin) => bin.count > 0);
  return {
    title: { text: 'Reliability', subtitle: `expected calibration error ${ece.toFixed(3)}` },
    layer: [
      DIAGONAL,
      {
        data: { values: filled },
        mark: { type: 'line', color: PLOT_COLOURS.main, strokeWidth: 1.5 },
        encoding: {
          x: {
            field: 'confidence',
            type: 'quantitative',
            title: 'predicted probability of tumour',
            scale: { domain: [0, 1] },
          },
          y: {
            field: 'frequency',
            type: 'quantitative',
            title: 'observed share of tumour',
            scale: { domain: [0, 1] },
          },
        },
      },
      {
        data: { values: filled },
        mark: { type: 'point', filled: true, color: PLOT_COLOURS.main, opacity: 0.9 },
        encoding: {
          x: { field: 'confidence', type: 'quantitative' },
          y: { field: 'frequency', type: 'quantitative' },
          size: { field: 'count', type: 'quantitative', title: 'patches', scale: { range: [20, 300] } },
        },
      },
    ],
  };
}

/** Predicted probabilities by true label. */
export function scorePlot(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  threshold: number,
): PlotSpec {
  const bins = 25;
  const counts = { 0: new Array<number>(bins).fill(0), 1: new Array<number>(bins).fill(0) };
  for (let i = 0; i < probabilities.length; i++) {
    const bin = Math.min(bins - 1, Math.floor(probabilities[i]! * bins));
    counts[labels[i] === 1 ? 1 : 0][bin]! += 1;
  }
  const values = ([0, 1] as const).flatMap((label) =>
    counts[label].map((count, bin) => ({
      from: bin / bins,
      to: (bin + 1) / bins,
      count,
      label: label === 1 ? 'tumour' : 'no tumour',
    })),
  );
  return {
    title: {
      text: 'Predicted probabilities',
      subtitle: `by true label; the line is the threshold ${threshold.toFixed(3)}`,
    },
    layer: [
      {
        data: { values },
        mark: { type: 'bar', opacity: 0.6 },
        encoding: {
          x: {
            field: 'from',
            type: 'quantitative',
            title: 'predicted probability of tumour',
            bin: { binned: true },
            scale: { domain: [0, 1] },
          },
          x2: { field: 'to' },
          y: { field: 'count', type: 'quantitative', title: 'patches', stack: null },
          color: {
            field: 'label',
            type: 'nominal',
            title: 'true label',
            scale: { domain: ['no tumour', 'tumour'], range: [PLOT_COLOURS.second, PLOT_COLOURS.main] },
            legend: { orient: 'top' },
          },
        },
      },
      {
        data: { values: [{ threshold }] },
        mark: { type: 'rule', color: PLOT_COLOURS.ink, strokeWidth: 1.5 },
        encoding: { x: { field: 'threshold', type: 'quantitative' } },
      },
    ],
  };
}
