import { PLOT_COLOURS, type PlotSpec } from './render.js';

/** What one epoch of a training reached. */
export interface EpochRow {
  readonly epoch: number;
  readonly trainLoss: number;
  readonly validLoss: number;
  readonly validAuroc: number;
}

/** Losses by epoch. */
export function lossPlot(rows: readonly EpochRow[]): PlotSpec {
  const values = rows.flatMap(({ epoch, trainLoss, validLoss }) => [
    { epoch, value: trainLoss, series: 'training' },
    { epoch, value: validLoss, series: 'validation' },
  ]);
  return {
    title: { text: 'Loss by epoch', subtitle: 'binary cross-entropy' },
    data: { values },
    mark: { type: 'line', strokeWidth: 2, point: { size: 18, filled: true } },
    encoding: {
      x: epochs,
      y: { field: 'value', type: 'quantitative', title: 'loss', scale: { zero: false } },
      color: {
        field: 'series',
        type: 'nominal',
        title: null,
        scale: { domain: ['training', 'validation'], range: [PLOT_COLOURS.second, PLOT_COLOURS.main] },
        legend: { orient: 'top' },
      },
    },
  };
}

/** Validation AUROC by epoch; the dot marks the checkpoint that was kept. */
export function aurocPlot(rows: readonly EpochRow[], bestEpoch: number | undefined): PlotSpec {
  return {
    title: { text: 'Validation AUROC by epoch', subtitle: 'the large dot is the checkpoint that was kept' },
    layer: [
      {
        data: { values: [...rows] },
        mark: {
          type: 'line',
          color: PLOT_COLOURS.main,
          strokeWidth: 2,
          point: { size: 18, filled: true, color: PLOT_COLOURS.main },
        },
        encoding: {
          x: epochs,
          y: { field: 'validAuroc', type: 'quantitative', title: 'AUROC', scale: { zero: false } },
        },
      },
      {
        data: { values: rows.filter((row) => row.epoch === bestEpoch) },
        mark: { type: 'point', filled: true, size: 110, color: PLOT_COLOURS.main, opacity: 1 },
        encoding: {
          x: { field: 'epoch', type: 'quantitative' },
          y: { field: 'validAuroc', type: 'quantitative' },
        },
      },
    ],
  };
}

const epochs = {
  field: 'epoch',
  type: 'quantitative' as const,
  title: 'epoch',
  axis: { tickMinStep: 1, format: 'd' },
};
