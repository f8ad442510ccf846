import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';

/** Quiet axes, and fonts that any machine has. */
const CONFIG: TopLevelSpec['config'] = {
  background: 'white',
  font: 'system-ui, "Segoe UI", "DejaVu Sans", sans-serif',
  axis: {
    gridColor: '#ececf0',
    domainColor: '#8a8a94',
    tickColor: '#8a8a94',
    labelColor: '#33333d',
    titleColor: '#33333d',
    labelFontSize: 11,
    titleFontSize: 12,
    titlePadding: 8,
  },
  legend: { labelFontSize: 11, titleFontSize: 11, labelColor: '#33333d', titleColor: '#33333d' },
  title: {
    fontSize: 14,
    fontWeight: 600,
    anchor: 'start',
    color: '#1c1c22',
    subtitleColor: '#5a5a66',
    subtitleFontSize: 11,
    offset: 12,
  },
  view: { stroke: null },
};

/** @returns an SVG document; needs no browser. */
export async function renderSvg(spec: Omit<TopLevelSpec, 'config'> & object): Promise<string> {
  const { spec: vega } = compile({ padding: 12, ...spec, config: CONFIG } as TopLevelSpec);
  const view = new View(parse(vega), { renderer: 'none' });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}
