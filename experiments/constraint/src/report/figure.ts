import { PLOT_COLOURS, type PlotSpec } from '@pcam/figures';
import type { Difference } from './differences.js';

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
  const x = domainOf(points.map(({ auroc }) => auroc));
  const y = domainOf(points.flatMap(({ low, high }) => [low, high]));
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

/** An axis with zero, and room around its values. */
export function domainOf(values: readonly number[]): [number, number] {
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const room = Math.max(0.06 * (high - low), 0.005);
  return [low - room, high + room];
}

/**
 * Heights for labels that stand in one column: each as near to its wish as the others let it, none nearer to
 * another than `gap`, all within `[low, high]` where they fit.
 *
 * @returns in the order of `wishes`.
 */
export function spread(
  wishes: readonly number[],
  gap: number,
  [low, high]: readonly [number, number],
): number[] {
  const order = [...wishes.keys()].sort((a, b) => wishes[a]! - wishes[b]!);
  const heights = new Array<number>(wishes.length).fill(0);
  let least = low;
  for (const i of order) {
    heights[i] = Math.max(wishes[i]!, least);
    least = heights[i]! + gap;
  }
  let most = high;
  for (const i of order.toReversed()) {
    heights[i] = Math.min(heights[i]!, most);
    most = heights[i]! - gap;
  }
  return heights;
}
