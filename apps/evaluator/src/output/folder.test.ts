import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { evaluateOptions } from '../options.js';
import { openOutput } from './folder.js';
import { outputOptions } from './names.js';

const root = mkdtempSync(join(tmpdir(), 'pcam-output-'));
const out = join(root, 'out');
const read = (name: string): string => readFileSync(join(out, name), 'utf8');
beforeEach(() => {
  rmSync(root, { recursive: true });
  mkdirSync(root);
});
afterAll(() => rmSync(root, { recursive: true }));

const open = (more: object = {}) =>
  openOutput(
    out,
    outputOptions(
      evaluateOptions.parse({
        run: join(root, 'run'),
        data: join(root, 'data'),
        out,
        segment: true,
        ...more,
      }),
    ),
  );
/** An evaluation that writes these files. */
function evaluation(files: readonly string[], content: string, more: object = {}): void {
  const output = open(more);
  for (const name of files) output.write(name, `${content} ${name}`);
  output.finish();
}
const MANY = ['metrics.json', 'report.html', 'masks/1.png', 'masks/2.png', 'plots/roc.svg'];
const FEW = ['metrics.json', 'report.html', 'masks/1.png'];
const RECORD = 'pcam-evaluate.sha256';

describe('an evaluation again into the same folder', () => {
  it('replaces its own files, removes those it no longer has, and keeps notes and a nested evaluation', () => {
    evaluation(MANY, 'first');
    writeFileSync(join(out, 'notes.txt'), 'mine');
    writeFileSync(join(out, 'masks', 'by-hand.png'), 'mine');
    mkdirSync(join(out, 'tta'));
    writeFileSync(join(out, 'tta', 'metrics.json'), 'nested');
    evaluation(FEW, 'second');
    expect(readdirSync(out).sort()).toEqual([
      'masks',
      'metrics.json',
      'notes.txt',
      RECORD,
      'report.html',
      'tta',
    ]);
    expect(readdirSync(join(out, 'masks')).sort()).toEqual(['1.png', 'by-hand.png']);
    expect(read('metrics.json')).toBe('second metrics.json');
    expect([read('notes.txt'), read('tta/metrics.json')]).toEqual(['mine', 'nested']);
    expect(readdirSync(root)).toEqual(['out']);
  });

  it('refuses to replace a file changed since, before any work, unless told to', () => {
    evaluation(MANY, 'first');
    writeFileSync(join(out, 'masks', '2.png'), 'corrected by hand');
    expect(() => open()).toThrow(/holds masks\/2\.png, not written by pcam-evaluate or changed since/);
    // Without masks it is not in the way, and stays.
    evaluation(FEW.slice(0, 2), 'second', { segment: false });
    expect(read('masks/2.png')).toBe('corrected by hand');
    expect(existsSync(join(out, 'masks', '1.png'))).toBe(false);
    evaluation(MANY, 'third', { overwrite: true });
    expect(read('masks/2.png')).toBe('third masks/2.png');
  });

  it('leaves everything as it was where it fails', () => {
    evaluation(MANY, 'first');
    const output = open();
    output.write('metrics.json', 'half');
    output.discard();
    expect(read('metrics.json')).toBe('first metrics.json');
    expect(readdirSync(out).sort()).toEqual(['masks', 'metrics.json', RECORD, 'plots', 'report.html']);
  });

  it('goes on from one that was killed while it exchanged files', () => {
    evaluation(MANY, 'first');
    // The record is of both while files are exchanged; some are new, some still old.
    const before = read(RECORD);
    evaluation(MANY, 'second');
    writeFileSync(join(out, RECORD), before + read(RECORD));
    writeFileSync(join(out, 'report.html'), 'first report.html');
    evaluation(FEW, 'third');
    expect(read('report.html')).toBe('third report.html');
    expect(existsSync(join(out, 'plots'))).toBe(false);
  });
});

describe('a folder that no evaluation wrote', () => {
  beforeEach(() => mkdirSync(out));

  it('is written beside what is there', () => {
    writeFileSync(join(out, 'thesis.txt'), 'years of work');
    evaluation(FEW, 'first');
    expect(read('thesis.txt')).toBe('years of work');
    expect(read('metrics.json')).toBe('first metrics.json');
  });

  it.each(['metrics.json', 'plots/roc.svg', 'masks/17.png', 'gallery.png'])('keeps its %s', (name) => {
    mkdirSync(join(out, name, '..'), { recursive: true });
    writeFileSync(join(out, name), 'mine');
    expect(() => open()).toThrow(`holds ${name}, not written by pcam-evaluate`);
    expect(read(name)).toBe('mine');
    expect(readdirSync(root)).toEqual(['out']);
  });

  it('keeps a file of such a name that comes while the evaluation runs', () => {
    const output = open();
    output.write('metrics.json', 'new');
    writeFileSync(join(out, 'metrics.json'), 'mine');
    expect(() => output.finish()).toThrow(/holds metrics\.json/);
    output.discard();
    expect(readdirSync(out)).toEqual(['metrics.json']);
    expect(read('metrics.json')).toBe('mine');
  });

  it('never writes through links', () => {
    writeFileSync(join(root, 'elsewhere'), 'mine');
    symlinkSync(join(root, 'elsewhere'), join(out, 'metrics.json'));
    expect(() => open()).toThrow(/holds metrics\.json/);
    evaluation(FEW, 'first', { overwrite: true });
    expect(readFileSync(join(root, 'elsewhere'), 'utf8')).toBe('mine');
    rmSync(join(out, 'masks'), { recursive: true });
    symlinkSync(root, join(out, 'masks'));
    expect(() => open({ overwrite: true })).toThrow(/masks is no folder of its own/);
  });

  it('refuses a folder in place of a file, even to overwrite', () => {
    mkdirSync(join(out, 'report.html'));
    expect(() => open({ overwrite: true })).toThrow(/report\.html is a folder; move it/);
  });
});

describe('--out', () => {
  it('takes a link to a folder, wherever that is', () => {
    mkdirSync(join(root, 'disk'));
    symlinkSync(join(root, 'disk'), out);
    evaluation(FEW, 'first');
    expect(readdirSync(join(root, 'disk')).sort()).toEqual(['masks', 'metrics.json', RECORD, 'report.html']);
  });

  it.each<[string, () => void, RegExp]>([
    ['a file', () => writeFileSync(out, ''), /is a file/],
    ['a link to nothing', () => symlinkSync(join(root, 'nowhere'), out), /is a link to nothing/],
  ])('is refused as %s', (_, make, message) => {
    make();
    expect(() => open()).toThrow(message);
  });

  it.each(['run', 'data', 'segmentValid', 'compareRun'])('is refused as the folder of %s', (key) => {
    mkdirSync(out);
    symlinkSync(out, join(root, 'link'));
    const flag = key.replace(/[A-Z]/, (letter) => `-${letter.toLowerCase()}`);
    expect(() => open({ [key]: join(root, 'link') })).toThrow(`is the folder of --${flag}; choose another`);
  });
});
