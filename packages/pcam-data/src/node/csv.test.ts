import { expect, it } from 'vitest';
import { parseBinary, parseCsv } from './csv.js';

it.each([
  [
    'a,b\n1,2\n',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
    [1, 2],
  ],
  [
    '\uFEFFa,b\r\n1,\r\n\r\n',
    [
      ['a', 'b'],
      ['1', ''],
    ],
    [1, 2],
  ],
  [
    '"a,b",c\n"say ""hi""",,',
    [
      ['a,b', 'c'],
      ['say "hi"', '', ''],
    ],
    [1, 2],
  ],
  [
    ',x\n0,"1"',
    [
      ['', 'x'],
      ['0', '1'],
    ],
    [1, 2],
  ],
  [
    ' id , label\n\n a1 , "1" \n\t\n,\nb2,0',
    [
      ['id', 'label'],
      ['a1', '1'],
      ['b2', '0'],
    ],
    [1, 3, 6],
  ],
  ['a\r\rb', [['a'], ['b']], [1, 3]],
])('parses %j, and numbers its lines as an editor does', (text, cells, lines) => {
  const rows = parseCsv(text);
  expect(rows.map((r) => r.cells)).toEqual(cells);
  expect(rows.map((r) => r.line)).toEqual(lines);
});

it.each([
  ['0', 0],
  ['1', 1],
  ['0.0', 0],
  ['1.0', 1],
  ['1.', 1],
  ['True', 1],
  ['FALSE', 0],
  ['2', undefined],
  ['0.5', undefined],
  ['', undefined],
  ['yes', undefined],
  ['10', undefined],
])('reads %j as the binary value %s', (cell, value) => {
  expect(parseBinary(cell)).toBe(value);
});
