import type { Inference } from '../maps.js';
import type { CellResult } from '../synthetic.js';
import { type Cell, decimals, type MarkdownRow, markdownTable, percent, rangeCell } from './markdown.js';
import { NAME_HEADING, type Networks, namesOf, rowsOf, sameSeed } from './rows.js';
import { type Summary, summarize } from './statistics.js';

/** Both map and baseline are of classifiers, which saw patch labels alone. */
const GAP_MAPS = ['gradCam', 'gradCamAveraged'] as const satisfies readonly Inference[];
type GapMap = (typeof GAP_MAPS)[number];

export interface Gap {
  /** AUROC less that of the unconstrained network. */
  readonly aurocChange: Summary | null;
  /**
   * Share of the way from the unconstrained network's map to the U-Net: (AP − AP of the baseline) / (AP of the
   * U-Net − AP of the baseline). By the baseline's map, then by the network's own.
   */
  readonly closed: Readonly<Record<GapMap, Readonly<Record<GapMap, Summary | null>>>>;
}

/** Each seed within itself first: same weights at the start, same order of patches. @param results of all trainings. */
export function gapOf({ cells }: Networks<CellResult>, results: readonly CellResult[]): Gap {
  const plain = sameSeed(results, 'none');
  const unet = sameSeed(results, 'masks');
  const closed = (baseline: GapMap, map: GapMap): Summary | null =>
    summarize(
      cells.map((cell) => {
        const from = plain(cell.seed)?.maps[baseline]?.pixelAp.value;
        const to = unet(cell.seed)?.maps.unet?.pixelAp.value;
        const here = cell.maps[map]?.pixelAp.value;
        // Where masks gain nothing over the baseline there is no gap to close.
        if (from == null || to == null || here == null || to <= from) return null;
        return (here - from) / (to - from);
      }),
    );
  const towards = (baseline: GapMap): Record<GapMap, Summary | null> => ({
    gradCam: closed(baseline, 'gradCam'),
    gradCamAveraged: closed(baseline, 'gradCamAveraged'),
  });
  return {
    aurocChange: summarize(
      cells.map(({ seed, auroc }) => {
        const base = plain(seed)?.auroc;
        return auroc && base ? auroc.value - base.value : null;
      }),
    ),
    closed: { gradCam: towards('gradCam'), gradCamAveraged: towards('gradCamAveraged') },
  };
}

export function gapTable(results: readonly CellResult[]): string {
  const classifiers = rowsOf(results.filter(({ training }) => training !== 'masks'));
  const columns = GAP_MAPS.flatMap((baseline) => GAP_MAPS.map((map) => ({ baseline, map })));
  const rows = classifiers.map((row): MarkdownRow => {
    const { aurocChange, closed } = gapOf(row, results);
    const seeds = row.cells.length;
    const gaps = columns.map(({ baseline, map }): Cell | null => {
      const summary = closed[baseline][map];
      const cell = rangeCell(summary, seeds, percent);
      return cell && { ...cell, rank: summary!.mean };
    });
    return { names: namesOf(row), cells: [rangeCell(aurocChange, seeds, signed), ...gaps] };
  });
  const titles = columns.map(({ baseline, map }) => `${map}, from the plain network's ${baseline}`);
  return markdownTable([...NAME_HEADING, 'ΔAUROC', ...titles], rows);
}

export function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${decimals(Math.abs(value))}`;
}
