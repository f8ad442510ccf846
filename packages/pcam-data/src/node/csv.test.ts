import { expect, it } from 'vitest';
import { parseCsv } from './csv.js';

it.each([
  [
    'a,b\n1,2\n',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  [
    '\uFEFFa,b\r\n1,\r\n\r\n',
    [
      ['a', 'b'],
      ['1', ''],
    ],
  ],
  [
    '"a,b",c\n"say ""hi""",,',
    [
      ['a,b', 'c'],
      ['say "hi"', '', ''],
    ],
  ],
  [
    ',x\n0,"1"',
    [
      ['', 'x'],
      ['0', '1'],
    ],
  ],
])('parses %j', (text, rows) => {
  expect(parseCsv(text)).toEqual(rows);
});
