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

/** NumPy's file format 1.0 of a float32 array in C order, as `numpy.load` reads it. */
export function npy(values: Float32Array, shape: readonly number[]): Uint8Array {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.map((n) => `${n},`).join(' ')}), }`;
  // Magic, version, length of the header; the whole a multiple of 64, ended by a newline.
  const size = Math.ceil((10 + header.length + 1) / 64) * 64;
  const bytes = Buffer.alloc(size + values.byteLength, ' ');
  bytes.write('\x93NUMPY\x01\x00', 'latin1');
  bytes.writeUInt16LE(size - 10, 8);
  bytes.write(header, 10, 'latin1');
  bytes.write('\n', size - 1);
  for (const [i, value] of values.entries()) bytes.writeFloatLE(value, size + 4 * i);
  return bytes;
}
