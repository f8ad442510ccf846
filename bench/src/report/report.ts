import type { Results } from '../results.js';
import { circumstances, notes } from './notes.js';
import { asMarkdown, asText, type Table } from './table.js';
import { KERNEL_TEXT_COLUMNS, kernelTable, ROW_TEXT_COLUMNS, rowTable } from './tables.js';

export function terminalReport(results: Results): string {
  const parts = [circumstances(results).join('\n'), asText(rowTable(results), ROW_TEXT_COLUMNS)];
  for (const { title, table } of kernelTables(results)) {
    parts.push(`${title}\n${asText(table, KERNEL_TEXT_COLUMNS)}`);
  }
  return [...parts, notes(results).join('\n')].join('\n\n');
}

export function markdownReport(results: Results): string {
  const parts = [
    circumstances(results)
      .map((line) => `- ${line}`)
      .join('\n'),
    asMarkdown(rowTable(results), ROW_TEXT_COLUMNS),
    ...notes(results),
  ];
  for (const { title, table } of kernelTables(results)) {
    parts.push(`${title}:`, asMarkdown(table, KERNEL_TEXT_COLUMNS));
  }
  return `${parts.join('\n\n')}\n`;
}

function kernelTables({ rows }: Results): { title: string; table: Table }[] {
  return rows
    .filter(({ kernels }) => kernels)
    .map((row) => ({ title: `Kernels of ours, ${row.model} ${row.row}`, table: kernelTable(row) }));
}
