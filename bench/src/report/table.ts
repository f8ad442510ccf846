/** Cells by row; the first row is the heading. Text columns lean left, numbers right. */
export type Table = readonly (readonly string[])[];

/** For a terminal: columns aligned by spaces. */
export function asText(table: Table, textColumns: number): string {
  const widths = widthsOf(table);
  const line = (row: readonly string[]): string =>
    row.map((cell, i) => (i < textColumns ? pad(cell, widths[i]!) : padLeft(cell, widths[i]!))).join('  ');
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  const [heading, ...rows] = table;
  return [line(heading!), rule, ...rows.map(line)].map((text) => text.trimEnd()).join('\n');
}

/** For a Markdown file, aligned too. */
export function asMarkdown(table: Table, textColumns: number): string {
  const widths = widthsOf(table);
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, i) => (i < textColumns ? pad(cell, widths[i]!) : padLeft(cell, widths[i]!))).join(' | ')} |`;
  const rule = widths.map((width, i) => (i < textColumns ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  const [heading, ...rows] = table;
  return [line(heading!), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n');
}

function widthsOf(table: Table): number[] {
  return table[0]!.map((_, column) => Math.max(3, ...table.map((row) => row[column]!.length)));
}

function pad(text: string, width: number): string {
  return text.padEnd(width);
}

function padLeft(text: string, width: number): string {
  return text.padStart(width);
}
