/** Splits CSV text into rows of fields: commas, optional double quotes, `\n` or `\r\n`. */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  for (const line of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    if (line === '') continue;
    if (!line.includes('"')) {
      rows.push(line.split(','));
      continue;
    }
    const fields = [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)];
    rows.push(fields.map((f) => f[1]?.replaceAll('""', '"') ?? f[2] ?? ''));
  }
  return rows;
}
