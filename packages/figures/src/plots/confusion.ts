import type { Confusion } from '@pcam/metrics';
import { PLOT_COLOURS, type PlotSpec } from './render.js';

/** Counts by true and predicted label, shaded by the share of their true label. */
export function confusionPlot({ tp, fp, tn, fn }: Confusion): PlotSpec {
  const cell = (truth: string, call: string, count: number, total: number) => {
    const share = total > 0 ? count / total : 0;
    return {
      truth,
      call,
      share,
      text: String(count),
      percent: total > 0 ? `${(100 * share).toFixed(1)} %` : '–',
    };
  };
  const values = [
    cell('no tumour', 'no tumour', tn, tn + fp),
    cell('no tumour', 'tumour', fp, tn + fp),
    cell('tumour', 'no tumour', fn, tp + fn),
    cell('tumour', 'tumour', tp, tp + fn),
  ];
  const position = {
    x: { field: 'call', type: 'nominal' as const, title: 'model says', axis: { labelAngle: 0 } },
    y: { field: 'truth', type: 'nominal' as const, title: 'label says' },
  };
  const label = (field: string, dy: number, fontSize: number) => ({
    mark: { type: 'text' as const, fontSize, dy },
    encoding: {
      ...position,
      text: { field, type: 'nominal' as const },
      color: { condition: { test: 'datum.share > 0.5', value: 'white' }, value: PLOT_COLOURS.ink },
    },
  });
  return {
    title: { text: 'Confusion matrix', subtitle: 'at the chosen threshold; percentages of each true label' },
    width: 260,
    height: 260,
    data: { values },
    layer: [
      {
        mark: { type: 'rect' },
        encoding: {
          ...position,
          color: {
            field: 'share',
            type: 'quantitative',
            scale: { domain: [0, 1], range: ['#faf5f9', PLOT_COLOURS.main] },
            legend: null,
          },
        },
      },
      label('text', -8, 20),
      label('percent', 14, 12),
    ],
  };
}
