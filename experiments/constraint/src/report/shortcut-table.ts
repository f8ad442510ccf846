import type { ArtefactKind } from '@pcam/pcam-data';
import type { ShortcutResult } from '../shortcut-result.js';
import { type MarkdownRow, markdownTable, percent, rangeCell } from './markdown.js';
import { NAME_HEADING, namesOf, rowsOf } from './rows.js';
import { summarize } from './statistics.js';

const ARTEFACTS: Readonly<Record<ArtefactKind, string>> = { penMark: 'pen mark', blur: 'blur' };

/** Means over seeds, with the lowest and the highest: an artefact after the other, the least bad of each in bold. */
export function shortcutTables(results: readonly ShortcutResult[]): string {
  const present = (Object.keys(ARTEFACTS) as ArtefactKind[]).filter((name) =>
    results.some(({ artefact }) => artefact === name),
  );
  return present
    .map((name) => {
      const rows = rowsOf(results.filter(({ artefact }) => artefact === name)).map(rowOf);
      const heading = [
        ...NAME_HEADING,
        'AUROC, artefact swapped',
        'AUROC, artefact at random',
        'attribution on the artefact',
      ];
      return `### Shortcut: ${ARTEFACTS[name]}\n\n${markdownTable(heading, rows)}`;
    })
    .join('\n\n');
}

function rowOf(row: ReturnType<typeof rowsOf<ShortcutResult>>[number]): MarkdownRow {
  const seeds = row.cells.length;
  const over = (pick: (cell: ShortcutResult) => number | null) => summarize(row.cells.map(pick));
  const shifted = over(({ aurocShifted }) => aurocShifted);
  const matched = over(({ aurocMatched }) => aurocMatched);
  const mass = over(({ artefactMass }) => artefactMass);
  const ranked = (summary: typeof mass, sign: 1 | -1, show?: (value: number) => string) => {
    const cell = rangeCell(summary, seeds, show);
    return cell && { ...cell, rank: sign * summary!.mean };
  };
  return { names: namesOf(row), cells: [ranked(shifted, 1), ranked(matched, 1), ranked(mass, -1, percent)] };
}
