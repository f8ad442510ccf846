import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openResults } from '../src/results.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pcam-results-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('keeps what was found, but for a last line that a crash cut short', () => {
  const path = join(folder, 'synthetic.jsonl');
  openResults<number>(folder, 'synthetic').add('a', 1);
  appendFileSync(path, '["b",');
  const again = openResults<number>(folder, 'synthetic');
  expect([...again.all]).toEqual([['a', 1]]);
  again.add('b', 2);
  expect(readFileSync(path, 'utf8')).toBe('["a",1]\n["b",2]\n');
});

it('takes a last line without a line break', () => {
  writeFileSync(join(folder, 'real.jsonl'), '["a",1]');
  const results = openResults<number>(folder, 'real');
  results.add('b', 2);
  expect([...openResults<number>(folder, 'real').all.keys()]).toEqual(['a', 'b']);
});

it('names a line that is no record, and a folder that cannot be', () => {
  writeFileSync(join(folder, 'real.jsonl'), '["a",1]\nnothing\n');
  expect(() => openResults(folder, 'real')).toThrow(/real\.jsonl, line 2, cannot be read as JSON/);
  expect(() => openResults(join(folder, 'real.jsonl', 'x'), 'real')).toThrow('a part of the path is a file');
});
