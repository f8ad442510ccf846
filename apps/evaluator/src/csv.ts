/** Lines for a spreadsheet: a header, then one row an element; numbers as they are. */
export function toCsv(columns: Readonly<Record<string, ArrayLike<number | string>>>): string {
  const names = Object.keys(columns);
  const rows = columns[names[0]!]?.length ?? 0;
  const lines = [names.join(',')];
  for (let i = 0; i < rows; i++) lines.push(names.map((name) => quote(columns[name]![i]!)).join(','));
  return `${lines.join('\n')}\n`;
}

function quote(value: number | string): string {
  const text = String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
