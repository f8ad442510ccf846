import type { RealResult } from '../real.js';
import type { Scored } from '../score.js';
import { type MarkdownRow, markdownTable, scoredCell } from './markdown.js';
import { NAME_HEADING, namesOf, rowsOf } from './rows.js';
import { summarizeScored } from './statistics.js';

/** Networks trained on real patches: AUROC on the test split, and on masked patches that took no part in training. */
export function realTable(results: readonly RealResult[]): string {
  const columns: readonly (readonly [string, (result: RealResult) => Scored])[] = [
    ['AUROC', ({ auroc }) => auroc],
    ['AUROC, masked patches', ({ maskedAuroc }) => maskedAuroc],
    ['PxAP, Grad-CAM', ({ gradCam }) => gradCam.pixelAp],
    ['PxAP, averaged Grad-CAM', ({ gradCamAveraged }) => gradCamAveraged.pixelAp],
  ];
  const rows = rowsOf(results).map(
    (row): MarkdownRow => ({
      names: namesOf(row),
      cells: columns.map(([, pick]) => scoredCell(summarizeScored(row.cells.map(pick)), row.cells.length)),
    }),
  );
  const heading = [...NAME_HEADING, ...columns.map(([name]) => name)];
  return markdownTable(heading, rows);
}
