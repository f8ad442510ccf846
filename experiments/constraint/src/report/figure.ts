import { PLOT_COLOURS, type PlotSpec } from '@pcam/figures';
import type { Difference } from './differences.js';
import { domainOf, spread } from './labels.js';

const [WIDTH, HEIGHT] = [520, 400];
/** Pixels from the height of a label to that of the next. */
const LINE = 15;
/** Axis labels with their sign. */
const SIGNED = { format: '+.3~f' };

/**
 * What settings give and take: the gain within patches (all sets together, with its 95 % interval) over that in AUROC,
 * each against its counterpart at zero.
 *
 * @returns a vega-lite specification, for `renderSvg`.
 */
export function gainsFigure(differences: readonly Difference[]): PlotSpec {
  const points = differences.flatMap(({ setting, auroc, together }) => {
    if (!auroc || !together) return [];
    const { difference: within, ci95 } = together;
    const [low, high] = ci95 ?? [within, within];
    return [{ setting, auroc: auroc.mean, within, low, high }];
  });
  const x = domainOf([0, ...points.map(({ auroc }) => auroc)]);
  const y = domainOf([0, ...points.flatMap(({ low, high }) => [low, high])]);
  const heights = spread(
    points.map(({ within }) => within),
    (LINE * (y[1] - y[0])) / HEIGHT,
    y,
  );
  const labels = points.map((point, i) => ({ ...point, height: heights[i]! }));
  const position = {
    x: quantitative('auroc', 'gain in AUROC of the label', x),
    y: quantitative('within', 'gain in AP within patches', y),
  };
  const zero = (axis: 'x' | 'y') => ({
    data: { values: [{ [axis === 'x' ? 'auroc' : 'within']: 0 }] },
    mark: { type: 'rule', color: PLOT_COLOURS.ink, opacity: 0.35 },
    encoding: { [axis]: position[axis] },
  });
  const layer = [
    zero('x'),
    zero('y'),
    {
      data: { values: labels },
      mark: { type: 'rule', opacity: 0.4, strokeDash: [2, 3] },
      encoding: { ...position, x2: { value: WIDTH + 10 }, y2: { field: 'height' } },
    },
    {
      data: { values: points },
      mark: { type: 'rule', strokeWidth: 1.5, color: COLOUR },
      encoding: { ...position, y: { ...position.y, field: 'low' }, y2: { field: 'high' } },
    },
    {
      data: { values: points },
      mark: { type: 'point', filled: true, opacity: 1, size: 55, color: COLOUR },
      encoding: position,
    },
    {
      data: { values: labels },
      mark: { type: 'text', align: 'left', fontSize: 12, color: PLOT_COLOURS.ink },
      encoding: {
        x: { value: WIDTH + 13 },
        y: { ...position.y, field: 'height' },
        text: { field: 'setting' },
      },
    },
  ];
  const title = {
    text: 'What settings give and take',
    subtitle: 'Each against its counterpart (at zero), in the mean over seeds; 95 % over groups and seeds.',
    offset: 12,
  };
  return { title, width: WIDTH, height: HEIGHT, layer } as unknown as PlotSpec;
}

const COLOUR = '#1b6ca8';

function quantitative(field: string, title: string, domain: readonly [number, number]) {
  return { field, type: 'quantitative', title, axis: SIGNED, scale: { domain, nice: false, zero: false } };
}
