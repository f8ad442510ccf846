import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { DataError, fileError } from './errors.js';
import { fileKind, kindAdvice } from './file-kind.js';
import { gzipError } from './gunzip.js';

/** A row that is not blank. */
export interface CsvRow {
  /** As an editor counts them, from 1, blank lines included. */
  readonly line: number;
  /** Without quotes and the blanks around them. */
  readonly cells: readonly string[];
}

/** Splits CSV text into rows: commas, optional double quotes, any line ends; blank rows are left out. */
export function parseCsv(text: string): CsvRow[] {
  const rows: CsvRow[] = [];
  for (const [k, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    const cells = line.includes('"') ? quotedCells(line) : line.split(',').map((cell) => cell.trim());
    if (cells.some((cell) => cell !== '')) rows.push({ line: k + 1, cells });
  }
  return rows;
}

function quotedCells(line: string): string[] {
  const cells = line.matchAll(/(?:^|,)\s*(?:"((?:[^"]|"")*)"\s*|([^",]*))/g);
  return Array.from(cells, ([, quoted, plain]) => (quoted?.replaceAll('""', '"') ?? plain ?? '').trim());
}

/**
 * The rows of a CSV file below its header, with the cells of the wanted columns alone, in that order;
 * '' where a cell is missing.
 * @param columns their names in lower case; the file's may be in any.
 * @throws DataError missing-file, unreadable, truncated, corrupt; bad-metadata, where a column is missing.
 */
export async function readColumns(path: string, columns: readonly string[]): Promise<CsvRow[]> {
  const [header, ...rows] = parseCsv(await readText(path));
  if (!header) throw new DataError('bad-metadata', `${path} is empty; its first line must name the columns`);
  const [only = ''] = header.cells;
  const mark = header.cells.length > 1 ? undefined : only.match(/[;\t]/)?.[0];
  if (mark !== undefined && columns.length > 1)
    throw new DataError(
      'bad-metadata',
      `${path} is separated by ${mark === ';' ? 'semicolons' : 'tabs'}; save it with commas`,
    );
  const at = columns.map((column) => {
    const k = header.cells.findIndex((cell) => cell.toLowerCase() === column);
    if (k >= 0) return k;
    throw new DataError(
      'bad-metadata',
      `${path} has no column "${column}"; its columns are ${header.cells.join(', ').slice(0, 200)}`,
    );
  });
  return rows.map(({ line, cells }) => ({ line, cells: at.map((k) => cells[k] ?? '') }));
}

/** 0 or 1 from the ways that tables write them (`0`, `0.0`, `False`, …); undefined for all else. */
export function parseBinary(cell: string): 0 | 1 | undefined {
  if (/^(0(\.0*)?|false)$/i.test(cell)) return 0;
  return /^(1(\.0*)?|true)$/i.test(cell) ? 1 : undefined;
}

/**
 * The text of a file, unpacked where it is gzip data, whatever its name: UTF-8, or UTF-16 with a byte-order mark.
 * @throws DataError missing-file, unreadable, truncated, corrupt; bad-metadata, where it is no text.
 */
async function readText(path: string): Promise<string> {
  const stored = await readFile(path).catch((error: unknown) => {
    throw fileError(error, path, 'read');
  });
  const bytes = fileKind(stored) === 'gzip data' ? await unpack(stored, path) : stored;
  const kind = fileKind(bytes);
  if (kind !== undefined && kind !== 'empty')
    throw new DataError('bad-metadata', `${path} is ${kind}, not text; ${kindAdvice(kind)}`);
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  return bytes.toString('utf8');
}

async function unpack(bytes: Buffer, path: string): Promise<Buffer> {
  try {
    return await promisify(gunzip)(bytes);
  } catch (error) {
    throw gzipError(error, path);
  }
}
