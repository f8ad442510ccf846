import { DIAGONAL, PLOT_COLOURS, type PlotSpec } from './render.js';

/** A point of a curve. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

const unit = { domain: [0, 1] };

/** The ROC curve. @param operating the point at the chosen threshold. */
export function rocPlot(points: readonly Point[], auroc: number, operating: Point): PlotSpec {
  return {
    title: { text: 'ROC curve', subtitle: `area ${auroc.toFixed(3)}; the dot is the chosen threshold` },
    layer: [
      DIAGONAL,
      curve(points, '1 − specificity (false positive rate)', 'sensitivity (true positive rate)'),
      dot(operating),
    ],
  };
}

/** The precision–recall curve. @param prevalence the precision of calling everything tumour. */
export function precisionRecallPlot(
  points: readonly Point[],
  averagePrecision: number,
  prevalence: number,
  operating: Point,
): PlotSpec {
  return {
    title: {
      text: 'Precision–recall curve',
      subtitle: `average precision ${averagePrecision.toFixed(3)}; the dot is the chosen threshold`,
    },
    layer: [
      {
        data: { values: [{ y: prevalence }] },
        mark: { type: 'rule', color: PLOT_COLOURS.reference, strokeDash: [4, 4] },
        encoding: { y: { field: 'y', type: 'quantitative' } },
      },
      curve(points, 'recall (sensitivity)', 'precision'),
      dot(operating),
    ],
  };
}

function curve(points: readonly Point[], x: string, y: string): PlotSpec {
  return {
    // Points keep their order: a ROC or PR curve doubles back on one axis.
    data: { values: points.map((point, order) => ({ ...point, order })) },
    mark: { type: 'line', color: PLOT_COLOURS.main, strokeWidth: 2 },
    encoding: {
      x: { field: 'x', type: 'quantitative', title: x, scale: unit },
      y: { field: 'y', type: 'quantitative', title: y, scale: unit },
      order: { field: 'order', type: 'quantitative' },
    },
  };
}

function dot(point: Point): PlotSpec {
  return {
    data: { values: [point] },
    mark: { type: 'point', filled: true, size: 90, color: PLOT_COLOURS.main, opacity: 1 },
    encoding: { x: { field: 'x', type: 'quantitative' }, y: { field: 'y', type: 'quantitative' } },
  };
}
