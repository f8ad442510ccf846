import { expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { flagsOf } from './flags.js';
import { type DescribedOption, optionFlags, optionValues } from './option-flags.js';
import { parseOptions } from './parse.js';

interface Table {
  readonly steps: DescribedOption<number>;
  readonly layer: DescribedOption<string>;
  readonly placement: DescribedOption<'tile' | 'cell'>;
  readonly share: DescribedOption<number>;
}

const table: Table = {
  steps: { kind: 'count', description: 'Gradients along the way', default: 4, of: ['path'] },
  layer: { kind: 'name', description: 'Layer; the last one by default' },
  placement: { kind: 'choice', choices: ['tile', 'cell'], description: 'Where cells lie' },
  share: { kind: 'share', description: 'Share of draws' },
};
const schema = z.strictObject(optionFlags(table, 'constraint'));

it('makes a flag of each option, with its default and whose it is in the help', () => {
  const flags = flagsOf(schema).map(({ name, kind, placeholder, description, required }) => [
    ...[name, kind, placeholder, description, required],
  ]);
  expect(flags).toEqual([
    ['constraint-steps', 'number', 'N', 'Of path: gradients along the way; 4 by default', false],
    ['constraint-layer', 'string', 'NAME', 'Layer; the last one by default', false],
    ['constraint-placement', 'string', 'tile|cell', 'Where cells lie', false],
    ['constraint-share', 'number', 'N', 'Share of draws', false],
  ]);
});

it('reads them back by their own names, and is typed', () => {
  const options = parseOptions(schema, ['--constraint-steps', '8']);
  expectTypeOf(options.constraintSteps).toEqualTypeOf<number | undefined>();
  expectTypeOf(options.constraintPlacement).toEqualTypeOf<'tile' | 'cell' | undefined>();
  const values = optionValues(table, options, 'constraint');
  expect(values).toEqual({ steps: 8 });
  expect(optionFlags(table)).toHaveProperty('placement');
});

it.each([
  [['--constraint-steps', '1.5'], /--constraint-steps: expected int/],
  [['--constraint-placement', 'til'], /expected one of tile, cell, got "til"; did you mean tile\?/],
  [['--constraint-share', '2'], /--constraint-share: expected number to be <=1, got 2/],
])('refuses %j', (argv, message) => {
  expect(() => parseOptions(schema, argv)).toThrow(message);
});

it('suggests the choice that people mean by another name', () => {
  const kind = z.enum(['inputGradient', 'gradientTimesInput']);
  const named = z.strictObject({ kind: kind.meta({ otherChoices: { gradient: 'inputGradient' } }) });
  expect(() => parseOptions(named, ['--kind', 'gradient'])).toThrow(/did you mean inputGradient\?/);
});
