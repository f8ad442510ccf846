import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseOptions } from './parse.js';

const schema = z.strictObject({
  data: z.string().meta({ placeholder: 'DIR' }),
  batchSize: z.number().int().min(1).default(32),
  model: z.enum(['cnn', 'vit']).default('cnn'),
  tta: z.boolean().default(false),
  shuffle: z.boolean().default(true),
  widths: z.array(z.number()).optional(),
  preset: z.string().optional(),
});
const parse = (...argv: string[]) => parseOptions(schema, argv, { presetKey: 'preset' });

describe('parseOptions', () => {
  it('takes defaults, flags in both spellings, booleans and JSON', () => {
    expect(parse('--data', 'd', '--batch-size=8', '--tta', '--no-shuffle', '--widths', '[1,2]')).toEqual({
      data: 'd',
      batchSize: 8,
      model: 'cnn',
      tta: true,
      shuffle: false,
      widths: [1, 2],
    });
  });

  it.each([
    [['--data', 'd', '--batchsize', '8'], /--batchsize is not a flag; did you mean --batch-size/],
    [['--data', 'd', '--xyzzyplugh'], /--xyzzyplugh is not a flag; see --help/],
    [['--data', 'd', 'stray'], /"stray" is not a flag; quote a path that holds blanks/],
    [['--batch-size', '8'], /--data DIR is missing/],
    [['--data'], /--data needs a value/],
    [['--data', '--tta'], /--data needs a value/],
    [['--data='], /--data needs a value/],
    [['--data', ''], /--data needs a value/],
    [['--data', 'd', '--batch-size', 'many'], /--batch-size: expected a number, got "many"/],
    [['--data', 'd', '--batch-size', '0'], /--batch-size: .*>=1.*got 0/],
    [['--data', 'd', '--batch-size', '1.5'], /--batch-size: .*int.*got 1.5/],
    [['--data', 'd', '--model', 'cnnn'], /expected one of cnn, vit, got "cnnn"; did you mean cnn\?/],
    [['--data', 'd', '--model', 'lstm'], /--model: expected one of cnn, vit, got "lstm"/],
    [['--data', 'd', '--tta=yes'], /--tta takes no value/],
    [['--data', 'd', '--widths', '[1,'], /--widths: expected JSON/],
    [['--data', 'd', '--preset', '/nowhere.json'], /--preset \/nowhere.json: does not exist/],
    [['--data', 'd', '--preset', '/'], /--preset \/: cannot be read/],
  ])('refuses %j in one line', (argv, message) => {
    expect(() => parse(...argv)).toThrow(message);
  });
});

describe('implied options', () => {
  it('stand below a preset and flags, and may fill what is required', () => {
    const implied = (given: Readonly<Record<string, unknown>>) =>
      given.tta === true ? { data: 'implied', batchSize: 4, model: 'vit' } : undefined;
    expect(parseOptions(schema, ['--tta', '--model', 'cnn'], { implied })).toMatchObject({
      data: 'implied',
      batchSize: 4,
      model: 'cnn',
    });
    expect(() => parseOptions(schema, ['--model', 'cnn'], { implied })).toThrow(/--data DIR is missing/);
  });
});

describe('names that people try', () => {
  const otherNames = { selectBy: 'model', ema: 'batchSize' };
  const tried = (...argv: string[]) => parseOptions(schema, argv, { otherNames });

  it('are answered with the flag that is meant, which may be spelt otherwise', () => {
    expect(() => tried('--select-by', 'x')).toThrow('--select-by is not a flag; did you mean --model?');
    expect(() => tried('--ema', '0.9')).toThrow('--ema is not a flag; did you mean --batch-size?');
    expect(() => tried('--bs', '8')).toThrow('--bs is not a flag; did you mean --batch-size?');
  });
});

describe('what says nothing beside the rest', () => {
  it('is refused by what was given, defaults aside', () => {
    const check = (given: object, implied: object) => {
      if ('batchSize' in given && 'model' in implied) throw new Error('says nothing');
    };
    const implied = ({ tta }: Readonly<Record<string, unknown>>) => (tta ? { model: 'vit' } : undefined);
    const checked = (...argv: string[]) => parseOptions(schema, ['--data', 'd', ...argv], { check, implied });
    expect(checked('--tta')).toMatchObject({ model: 'vit', batchSize: 32 });
    expect(checked('--batch-size', '4')).toMatchObject({ batchSize: 4 });
    expect(() => checked('--tta', '--batch-size', '4')).toThrow('says nothing');
  });
});

describe('a preset that has a name', () => {
  const presets = {
    thorough: { batchSize: 16, model: 'vit' },
    beside: (given: Readonly<Record<string, unknown>>) => ({ model: given.data === 'd' ? 'vit' : 'cnn' }),
  };
  const named = (...argv: string[]) =>
    parseOptions(schema, ['--data', 'd', ...argv], { presetKey: 'preset', presets });

  it('stands between defaults and flags, in place of a file', () => {
    expect(named('--preset', 'thorough', '--model', 'cnn')).toMatchObject({ batchSize: 16, model: 'cnn' });
  });

  it('may depend on the flags that were given', () => {
    expect(named('--preset', 'beside')).toMatchObject({ model: 'vit' });
  });

  it.each([
    ['throrough', /no such preset \(there is thorough, beside\) and no such file; did you mean thorough\?$/],
    ['zzz', /no such preset \(there is thorough, beside\) and no such file$/],
    ['./thorough', /^--preset \.\/thorough: does not exist$/],
    ['toString', /no such preset/],
  ])('%s is none', (name, message) => {
    expect(() => named('--preset', name)).toThrow(message);
  });
});

describe('a preset file', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'pcam-cli-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const preset = (content: unknown): string => {
    const path = join(folder, 'preset.json');
    const raw = typeof content === 'string' || Buffer.isBuffer(content);
    writeFileSync(path, raw ? content : JSON.stringify(content));
    return path;
  };

  it.each(['utf8', 'utf16le'] as const)('may begin with a byte-order mark (%s)', (encoding) => {
    const file = preset(Buffer.from('\ufeff{"batchSize": 16}', encoding));
    expect(parse('--data', 'd', '--preset', file)).toMatchObject({ batchSize: 16 });
  });

  it('stands between defaults and flags', () => {
    const file = preset({ batchSize: 16, model: 'vit', data: 'from-preset' });
    expect(parse('--preset', file, '--model', 'cnn')).toMatchObject({
      batchSize: 16,
      model: 'cnn',
      data: 'from-preset',
    });
  });

  it('is checked like flags', () => {
    expect(() => parse('--data', 'd', '--preset', preset({ epoch: 1, batchsize: 2 }))).toThrow(
      /key "epoch" is not an option/,
    );
    expect(() => parse('--data', 'd', '--preset', preset({ batchsize: 2 }))).toThrow(
      /did you mean "batchSize"/,
    );
    expect(() => parse('--data', 'd', '--preset', preset({ batchSize: 'x' }))).toThrow(
      /key "batchSize": expected number, got "x"/,
    );
    expect(() => parse('--data', 'd', '--preset', preset('{'))).toThrow(/is not JSON/);
    expect(() => parse('--data', 'd', '--preset', preset([1]))).toThrow(/expected an object/);
  });
});
