import { domainOf, spread } from '@pcam/experiment-constraint/labels';
import { summarize } from '@pcam/experiment-constraint/statistics';
import type { PlotSpec } from '@pcam/figures';
import { NETWORKS, type NetworkName, networkNames, type Symmetry } from '../networks.js';
import type { CurveResult } from '../result.js';
import { rowsOf } from './tables.js';

const [WIDTH, HEIGHT] = [460, 400];
/** Pixels from the height of a name to that of the next. */
const LINE = 17;

/** Dark enough for text on white; a hue a family. */
const COLOURS: Readonly<Record<NetworkName, string>> = {
  'cnn-p4m-light': '#d08a00',
  cnn: '#8a4b00',
  resnet: '#6b6b76',
  'cnn-p4m': '#c8500a',
  'densenet-z2-plain': '#5b8fc7',
  'densenet-z2': '#1b6ca8',
  'densenet-p4': '#0b7d5c',
  'densenet-p4m': '#7a2a6b',
};

/** How a network comes by the symmetry: the fewer gaps, the more of it. */
const DASHES: Readonly<Record<Symmetry, readonly number[]>> = {
  none: [1.5, 4],
  shown: [7, 4],
  'built in': [1, 0],
};

/**
 * AUROC on the test split by the number of training patches: a line a network through the means of seeds, small marks
 * single seeds, names beside the ends.
 *
 * @returns a vega-lite specification, for `renderSvg`.
 */
export function learningCurve(results: readonly CurveResult[], subtitle: string): PlotSpec {
  const of = (network: NetworkName) => ({ network, symmetry: NETWORKS[network].symmetry });
  const means = rowsOf(results).map(({ network, patches, results: own }) => {
    const auroc = summarize(own.map(({ measures }) => measures.auroc.value))!.mean;
    return { ...of(network), patches, auroc };
  });
  const seeds = results.map(({ network, patches, measures }) => ({
    ...of(network),
    patches,
    auroc: measures.auroc.value,
  }));
  const counts = [...new Set(means.map(({ patches }) => patches))].sort((a, b) => a - b);
  const [low, high] = domainOf(seeds.map(({ auroc }) => auroc));
  const y = [low, Math.min(high, 1)] as const;
  const ends = networkNames.flatMap((name) => means.findLast(({ network }) => network === name) ?? []);
  const heights = spread(
    ends.map(({ auroc }) => auroc),
    (LINE * (y[1] - y[0])) / HEIGHT,
    y,
  );
  const names = ends.map((end, i) => ({ ...end, height: heights[i]! }));
  const room = 1.04;
  const position = {
    x: {
      field: 'patches',
      type: 'quantitative',
      title: 'training patches',
      scale: { type: 'log', domain: [counts[0]! / room, counts.at(-1)! * room], nice: false },
      axis: { values: counts, format: ',', grid: true },
    },
    y: {
      field: 'auroc',
      type: 'quantitative',
      title: 'AUROC on the test split',
      scale: { domain: y, nice: false, zero: false },
    },
  };
  const color = {
    field: 'network',
    type: 'nominal',
    legend: null,
    scale: { domain: networkNames, range: networkNames.map((name) => COLOURS[name]) },
  };
  const kinds = Object.keys(DASHES) as Symmetry[];
  const strokeDash = {
    field: 'symmetry',
    type: 'nominal',
    scale: { domain: kinds, range: kinds.map((kind) => DASHES[kind]) },
    legend: { title: 'symmetry', orient: 'bottom', symbolSize: 600, symbolStrokeColor: '#33333d' },
  };
  const layer = [
    {
      data: { values: names },
      mark: { type: 'rule', opacity: 0.45, strokeDash: [2, 3] },
      encoding: { ...position, x2: { value: WIDTH + 12 }, y2: { field: 'height' }, color },
    },
    {
      data: { values: means },
      mark: { type: 'line', strokeWidth: 1.9 },
      encoding: { ...position, color, strokeDash },
    },
    {
      data: { values: seeds },
      mark: { type: 'point', filled: true, size: 16, opacity: 0.45 },
      encoding: { ...position, color },
    },
    {
      data: { values: means },
      mark: { type: 'point', filled: true, size: 60, opacity: 1, stroke: 'white', strokeWidth: 0.75 },
      encoding: { ...position, color },
    },
    {
      data: { values: names },
      mark: { type: 'text', align: 'left', fontSize: 12 },
      encoding: {
        x: { value: WIDTH + 15 },
        y: { ...position.y, field: 'height' },
        text: { field: 'network' },
        color,
      },
    },
  ];
  const title = { text: 'Symmetry built in, shown, or neither', subtitle, offset: 12 };
  return { title, width: WIDTH, height: HEIGHT, layer } as unknown as PlotSpec;
}
