import {
  type Cell,
  decimals,
  type MarkdownRow,
  markdownTable,
  scoredCell,
} from '@pcam/experiment-constraint/markdown';
import { median, summarizeScored } from '@pcam/experiment-constraint/statistics';
import { binaryStatistics } from '@pcam/metrics';
import { NETWORKS, networkNames } from '../networks.js';
import { type CurveResult, MEASURES, type Speed } from '../result.js';

/** Networks of one kind and share, a seed each. */
export interface Row {
  readonly network: CurveResult['network'];
  readonly share: number;
  readonly patches: number;
  readonly results: readonly CurveResult[];
}

/** By share, then in the order of the networks; the seeds of each in their order. */
export function rowsOf(results: readonly CurveResult[]): Row[] {
  return sharesOf(results).flatMap((share) =>
    networkNames.flatMap((network) => {
      const own = results
        .filter((result) => result.share === share && result.network === network)
        .sort((a, b) => a.seed - b.seed);
      return own.length === 0 ? [] : [{ network, share, patches: own[0]!.patches, results: own }];
    }),
  );
}

export function sharesOf(results: readonly CurveResult[]): number[] {
  return [...new Set(results.map(({ share }) => share))].sort((a, b) => a - b);
}

/** A table a share: each measure's mean over seeds with its interval, and the lowest and highest seed. */
export function scoreTables(results: readonly CurveResult[]): string[] {
  const rows = rowsOf(results);
  const heading = ['network', 'symmetry', 'seeds', ...MEASURES.map((name) => binaryStatistics[name].title)];
  return sharesOf(results).map((share) => {
    const own = rows.filter((row) => row.share === share);
    const table = own.map((row): MarkdownRow => {
      const count = row.results.length;
      const cells = MEASURES.map((name) => {
        const summary = summarizeScored(row.results.map(({ measures }) => measures[name]));
        const cell = scoredCell(summary, count);
        const sign = binaryStatistics[name].higherIsBetter ? 1 : -1;
        return cell && { ...cell, rank: sign * summary!.mean };
      });
      return { names: [row.network, NETWORKS[row.network].symmetry, `${count}`], cells };
    });
    return `### ${share} %: ${own[0]!.patches.toLocaleString('en')} patches\n\n${markdownTable(heading, table)}`;
  });
}

/** What networks cost: medians over all of a kind. */
export function speedTable(results: readonly CurveResult[]): string {
  const rows = networkNames.flatMap((network): MarkdownRow[] => {
    const own = results.filter((result) => result.network === network);
    if (own.length === 0) return [];
    const speed = (key: keyof Speed): Cell | null => {
      const known = own.flatMap(({ speed }) => (typeof speed[key] === 'number' ? [speed[key]] : []));
      return known.length === 0 ? null : { value: median(known).toFixed(0) };
    };
    return [
      {
        names: [network],
        cells: [
          { value: own[0]!.parameters.toLocaleString('en') },
          speed('trainImagesPerSecond'),
          speed('testImagesPerSecond'),
          speed('trainImagesPerCoreSecond'),
          speed('testImagesPerCoreSecond'),
        ],
      },
    ];
  });
  const heading = [
    'network',
    'parameters',
    'training, images/s',
    'inference, images/s',
    'training, images per core-second',
    'inference, images per core-second',
  ];
  const machines = results.map(
    ({ speed: { engine, device, threads, cpu } }) => `${engine} on ${device}, ${threads} thread(s), ${cpu}`,
  );
  return `${markdownTable(heading, rows)}\n\n${[...new Set(machines)].join('; ')}.`;
}

/** With its sign. */
export function signed(value: number): string {
  return value < 0 ? `−${decimals(-value)}` : `+${decimals(value)}`;
}
