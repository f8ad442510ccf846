import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';

/** What every plot shares: quiet axes, and fonts that any machine has. */
const config: TopLevelSpec['config'] = {
  background: 'white',
  font: 'system-ui, "Segoe UI", "DejaVu Sans", sans-serif',
  axis: {
    gridColor: '#e8e8ec',
    domainColor: '#8a8a94',
    tickColor: '#8a8a94',
    labelColor: '#33333d',
    titleColor: '#33333d',
  },
  axisX: { labelFontSize: 11, titleFontSize: 12 },
  axisY: { labelFontSize: 11, titleFontSize: 12 },
  legend: { labelFontSize: 11, titleFontSize: 11, labelColor: '#33333d', titleColor: '#33333d' },
  title: {
    fontSize: 14,
    fontWeight: 600,
    anchor: 'start',
    color: '#1c1c22',
    subtitleColor: '#5a5a66',
    subtitleFontSize: 11,
  },
  view: { stroke: null },
};

/** One colour for what is measured, one for the reference, one for the second series; ink for texts and thresholds. */
export const PLOT_COLOURS = {
  main: '#7a2a6b',
  reference: '#9a9aa4',
  second: '#1f7a8c',
  ink: '#1c1c22',
} as const;

type Layer = Extract<TopLevelSpec, { readonly layer: unknown }>['layer'][number];

/** The layer of a line from (0, 0) to (1, 1): chance, or a calibration that is perfect. */
export const DIAGONAL: Layer = {
  data: {
    values: [
      { x: 0, y: 0 },
      { x: 1, y: 1 },
    ],
  },
  mark: { type: 'line', color: PLOT_COLOURS.reference, strokeDash: [4, 4] },
  encoding: { x: { field: 'x', type: 'quantitative' }, y: { field: 'y', type: 'quantitative' } },
};

/** A vega-lite specification without its data plumbing. */
export type PlotSpec = Omit<TopLevelSpec, 'config'> & Record<string, unknown>;

/**
 * Draws in the one style of all plots, 320×320 pixels where the specification says no other size.
 *
 * @returns an SVG document; needs no browser.
 */
export async function renderSvg(spec: PlotSpec): Promise<string> {
  const { spec: vega } = compile({ width: 320, height: 320, padding: 12, ...spec, config } as TopLevelSpec);
  const view = new View(parse(vega), { renderer: 'none' });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}
