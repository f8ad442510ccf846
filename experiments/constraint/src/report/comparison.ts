import type { CellResult } from '../synthetic.js';
import { gapOf, signed } from './gap.js';
import { type Cell, type MarkdownRow, markdownTable, percent, rangeCell } from './markdown.js';
import { NAME_HEADING, namesOf, rowsOf } from './rows.js';
import type { Setup } from './setups.js';
import { summarize } from './statistics.js';

/** What begins a setup's name: size, patches, epochs. */
const DATA_PARTS = 3;

const HEADING: readonly string[] = [
  'network, labels’ reading',
  ...NAME_HEADING,
  'AUROC',
  'ΔAUROC',
  'PxAP, Grad-CAM',
  'averaged',
  'gap, Grad-CAM',
  'gap, averaged',
  'Dice by Otsu',
  'Dice by labels',
];

/**
 * All classifiers on the same patches for as many epochs in one table, whatever their network and what labels were
 * taken to tell: each is held against the plain Grad-CAM of the unconstrained network of its kind, and the U-Net.
 *
 * @returns tables with what they are of, where more than one setup shares its data.
 */
export function comparisons(setups: readonly Setup[]): { readonly data: string; readonly table: string }[] {
  const byData = new Map<string, Setup[]>();
  for (const setup of setups) {
    const data = setup.name.split(', ').slice(0, DATA_PARTS).join(', ');
    byData.set(data, [...(byData.get(data) ?? []), setup]);
  }
  return [...byData]
    .filter(([, same]) => same.length > 1)
    .map(([data, same]) => ({ data, table: comparisonTable(data, same) }));
}

function comparisonTable(data: string, setups: readonly Setup[]): string {
  const shown = new Set<CellResult>();
  const rows = setups.flatMap(({ name, results }) => {
    const variant =
      name === data ? 'cnn-fine' : name.slice(data.length + 2).replace(/^(?=region|positives)/, 'cnn-fine, ');
    // What setups share is a row of the first.
    const own = results.filter((result) => result.training !== 'masks' && !shown.has(result));
    for (const result of own) shown.add(result);
    return rowsOf(own).map((row): MarkdownRow => {
      const seeds = row.cells.length;
      const { aurocChange, closed } = gapOf(row, results);
      const over = (of: (cell: CellResult) => number | null | undefined): Cell | null => {
        const summary = summarize(row.cells.map(of));
        const cell = rangeCell(summary, seeds);
        return cell && { ...cell, rank: summary!.mean };
      };
      return {
        names: [variant, ...namesOf(row)],
        cells: [
          over(({ auroc }) => auroc?.value),
          rangeCell(aurocChange, seeds, signed),
          over(({ maps }) => maps.gradCam?.pixelAp.value),
          over(({ maps }) => maps.gradCamAveraged?.pixelAp.value),
          rangeCell(closed.gradCam.gradCam, seeds, percent),
          rangeCell(closed.gradCam.gradCamAveraged, seeds, percent),
          over(({ maps }) => maps.gradCamAveraged?.otsu?.dice),
          over(({ maps }) => maps.gradCamAveraged?.labels?.dice),
        ],
      };
    });
  });
  return markdownTable(HEADING, rows);
}
