import { PLOT_COLOURS, type PlotSpec } from '@pcam/figures';
import { TRAININGS } from '../settings.js';
import type { CellResult } from '../synthetic.js';
import { type CurvePoint, curvePoints, domainOf, spread } from './curve-points.js';

const [WIDTH, HEIGHT] = [520, 400];
/** Pixels from the height of a label to that of the next. */
const LINE = 17;
const INK = PLOT_COLOURS.ink;
/** Dark enough for text on white. */
const COLOURS = ['#1b6ca8', '#c8500a', '#0b7d5c', '#a8327a', '#8a6d00', '#5b4bb7', '#b3261e'];
const SHAPES = ['circle', 'square', 'triangle-up', 'diamond', 'triangle-down', 'cross', 'triangle-right'];
/** Axis labels with their sign. */
const SIGNED = { format: '+.3~f' };
const CONSTRAINED = TRAININGS.filter((training) => training !== 'none');

const STAR = `M${Array.from({ length: 10 }, (_, i) => {
  const [radius, angle] = [i % 2 ? 0.45 : 1.1, (i * Math.PI) / 5];
  return `${(radius * Math.sin(angle)).toFixed(3)},${(-radius * Math.cos(angle)).toFixed(3)}`;
}).join('L')}Z`;

/**
 * What the constraint gives and takes: the gain in plain Grad-CAM's PxAP over that in AUROC, both against the
 * unconstrained network of the same seed; a line for each constrained attribution from that network (λ = 0, at
 * zero) through its λ, names beside their ends.
 *
 * @returns a vega-lite specification, for `renderSvg`.
 */
export function tradeoffCurve(results: readonly CellResult[]): PlotSpec {
  const { means, seeds, ceiling } = curvePoints(results);
  const places = [...means, ...seeds];
  const x = domainOf(places.map(({ auroc }) => auroc));
  const y = domainOf([...places.map(({ pixelAp }) => pixelAp), ...(ceiling === null ? [] : [ceiling])]);
  const start = means.filter(({ training }) => training === 'none');
  const lines = CONSTRAINED.flatMap((training) => {
    const own = means.filter((point) => point.training === training);
    return own.length > 0 ? [[...start.map((point) => ({ ...point, training })), ...own]] : [];
  });
  const ends = [...start, ...lines.map((points) => points.at(-1)!)];
  const position = {
    x: {
      field: 'auroc',
      type: 'quantitative',
      title: 'gain in AUROC of the label',
      scale: scale(x),
      axis: SIGNED,
    },
    y: {
      field: 'pixelAp',
      type: 'quantitative',
      title: 'gain in PxAP of plain Grad-CAM',
      scale: scale(y),
      axis: SIGNED,
    },
  };
  const by = (choices: readonly string[], none: string) => ({
    field: 'training',
    type: 'nominal',
    legend: null,
    scale: {
      domain: TRAININGS,
      range: TRAININGS.map((name) =>
        name === 'none' ? none : choices[CONSTRAINED.indexOf(name) % choices.length],
      ),
    },
  });
  const color = by(COLOURS, INK);
  const layer = [
    ...(ceiling === null ? [] : ceilingLayers(ceiling)),
    {
      data: { values: labels(ends, y) },
      mark: { type: 'rule', opacity: 0.45, strokeDash: [2, 3] },
      encoding: { ...position, x2: { value: WIDTH + 12 }, y2: { field: 'height' }, color },
    },
    {
      data: { values: lines.flat() },
      mark: { type: 'line', strokeWidth: 1.75 },
      encoding: { ...position, order: { field: 'lambda', type: 'quantitative' }, color },
    },
    {
      data: { values: seeds },
      mark: { type: 'point', filled: true, size: 16, opacity: 0.4 },
      encoding: { ...position, color, shape: by(SHAPES, STAR) },
    },
    {
      data: { values: means.filter(({ training }) => training !== 'none') },
      mark: { type: 'point', filled: true, opacity: 1, stroke: 'white', strokeWidth: 0.75 },
      encoding: { ...position, color, shape: by(SHAPES, STAR), size: lambdaSize(means) },
    },
    {
      data: { values: start },
      mark: { type: 'point', filled: true, opacity: 1, shape: STAR, size: 150, color: INK },
      encoding: position,
    },
    {
      data: { values: labels(ends, y) },
      mark: { type: 'text', align: 'left', fontSize: 12 },
      encoding: {
        x: { value: WIDTH + 15 },
        y: { ...position.y, field: 'height' },
        text: { field: 'name' },
        color,
      },
    },
  ];
  const title = {
    text: 'What constraining attributions gives and takes',
    subtitle:
      'Each network against the unconstrained one (λ = 0) of its seed: means over seeds, small marks single seeds.',
    offset: 12,
  };
  return { title, width: WIDTH, height: HEIGHT, layer } as unknown as PlotSpec;
}

function scale(domain: readonly [number, number]) {
  return { domain, nice: false, zero: false };
}

/** Larger marks are larger λ. */
function lambdaSize(means: readonly CurvePoint[]) {
  const domain = [...new Set(means.filter(({ lambda }) => lambda > 0).map(({ lambda }) => lambda))].sort(
    (a, b) => a - b,
  );
  const legend = { title: 'λ', orient: 'bottom', symbolType: 'circle', symbolFillColor: '#8a8a94' };
  return { field: 'lambda', type: 'ordinal', scale: { domain, range: [45, 160] }, legend };
}

/** Names in a column on the right, on the scale of y so that each stands at its point's height where there is room. */
function labels(ends: readonly CurvePoint[], [low, high]: readonly [number, number]) {
  const perPixel = (high - low) / HEIGHT;
  const heights = spread(
    ends.map(({ pixelAp }) => pixelAp),
    LINE * perPixel,
    [low, high],
  );
  return ends.map((end, i) => ({
    ...end,
    height: heights[i]!,
    name: end.training === 'none' ? 'unconstrained' : end.training,
  }));
}

/** The U-Net as a line across the plot, its name on it. */
function ceilingLayers(pixelAp: number): object[] {
  const data = { values: [{ pixelAp, name: `U-Net, from masks: +${pixelAp.toFixed(3)}` }] };
  const y = { field: 'pixelAp', type: 'quantitative' };
  return [
    { data, mark: { type: 'rule', color: INK, strokeDash: [6, 4] }, encoding: { y } },
    {
      data,
      mark: { type: 'text', align: 'left', baseline: 'bottom', dy: -4, fontSize: 12, color: INK },
      encoding: { x: { value: 6 }, y, text: { field: 'name' } },
    },
  ];
}
