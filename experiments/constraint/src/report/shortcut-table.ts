import type { ArtefactKind } from '@pcam/pcam-data';
import type { ShortcutResult } from '../shortcut.js';
import { type MarkdownRow, markdownTable, percent, rangeCell } from './markdown.js';
import { type Row, rowsOf } from './rows.js';
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
        'setting',
        'seeds',
        'AUROC, artefact swapped',
        'AUROC, artefact at random',
        'attribution on the artefact',
      ];
      return `### Shortcut: ${ARTEFACTS[name]}\n\n${markdownTable(heading, rows)}`;
    })
    .join('\n\n');
}

function rowOf({ setting, cells }: Row<ShortcutResult>): MarkdownRow {
  const seeds = cells.length;
  const ranked = (pick: (cell: ShortcutResult) => number | null, sign: 1 | -1, show?: typeof percent) => {
    const summary = summarize(cells.map(pick));
    const cell = rangeCell(summary, seeds, show);
    return cell && { ...cell, rank: sign * summary!.mean };
  };
  return {
    names: [setting, String(seeds)],
    cells: [
      ranked(({ aurocShifted }) => aurocShifted, 1),
      ranked(({ aurocMatched }) => aurocMatched, 1),
      ranked(({ artefactMass }) => artefactMass, -1, percent),
    ],
  };
}
