import { helpText, parseOptions } from '@pcam/cli';
import { describe, expect, test } from 'vitest';
import { benchOptions, chosenRows, examples } from '../src/options.js';

const parse = (...argv: string[]) => parseOptions(benchOptions, argv);

describe('flags', () => {
  test('have defaults', () => {
    expect(parse()).toMatchObject({ batch: 32, rounds: 7, iterations: 3, threads: 2, engine: 'auto' });
    expect(chosenRows(parse())).toEqual([
      { model: 'resnet18', rows: ['train', 'inference', 'grad-cam', 'constrained'] },
      { model: 'vit-small', rows: ['train', 'inference', 'grad-cam'] },
    ]);
  });

  test('choose models and rows', () => {
    const options = parse('--models', 'vit-small', '--rows', 'inference, train,train', '--batch', '4');
    expect(chosenRows(options)).toEqual([{ model: 'vit-small', rows: ['inference', 'train'] }]);
  });

  test.each([
    [['--rows', 'test'], '--rows: expected some of train,inference,grad-cam,constrained, got "test"'],
    [['--models', 'resnet'], '--models: expected some of resnet18,vit-small, got "resnet"'],
    [['--models', 'vit-small', '--rows', 'constrained'], 'constrained is timed for resnet18 only'],
    [['--rounds', '0'], '--rounds'],
    [['--batch', '1.5'], '--batch'],
    [['--round', '3'], 'did you mean --rounds'],
  ])('refuse %j in one line', (argv, message) => {
    expect(() => chosenRows(parse(...argv))).toThrow(message);
  });

  test('examples in the help are ones that parse', () => {
    const command = { name: 'bench', version: '0', summary: '', options: benchOptions, examples };
    expect(helpText({ ...command, run: async () => {} })).toContain('--iterations N');
    for (const example of examples) {
      const argv = example
        .replace(/\(.*\)/, '')
        .trim()
        .split(/\s+/)
        .slice(4);
      expect(() => chosenRows(parse(...argv))).not.toThrow();
    }
  });
});
