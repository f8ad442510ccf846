import { expect, it } from 'vitest';
import { z } from 'zod';
import type { Command } from './command.js';
import { inGroup } from './flags.js';
import { helpText, shortHelp } from './help.js';

const command = {
  name: 'paint',
  version: '1.0.0',
  summary: 'Paints.',
  options: z.strictObject({
    quiet: z.boolean().default(false).describe('Say nothing'),
    ...inGroup('Colour', {
      hue: z.number().default(3).describe('Angle on the wheel').meta({ placeholder: 'DEGREES' }),
    }),
    brush: z.string().describe('What to paint with').meta({ placeholder: 'FILE', group: 'Tools' }),
    alpha: z.number().default(1).describe('How much of it covers').meta({ group: 'Colour' }),
  }),
  examples: ['paint --brush b.json'],
  run: async () => {},
} satisfies Command<z.ZodObject>;

it('shows flags under the heading of their group, in the order of first appearance, the rest last', () => {
  const lines = helpText(command as unknown as Command<z.ZodObject>).split('\n');
  const heads = lines.filter((line) => /^\S+:$/.test(line));
  expect(heads).toEqual(['Colour:', 'Tools:', 'Other:', 'Examples:']);
  const names = lines.map((line) => /^ {2}(--\w+)/.exec(line)?.[1]).filter(Boolean);
  expect(names).toEqual(['--hue', '--alpha', '--brush', '--quiet', '--help', '--version']);
  expect(lines).toContain('  --hue DEGREES  Angle on the wheel [3]');
  expect(lines[2]).toBe('Usage: paint --brush FILE [flags]');
});

it('shows no heading where no option has a group', () => {
  const plain = { ...command, options: z.strictObject({ quiet: z.boolean().default(false) }) };
  expect(helpText(plain as unknown as Command<z.ZodObject>)).not.toContain('Other');
});

it('wraps long descriptions below their beginning', () => {
  const text = helpText(command as unknown as Command<z.ZodObject>, 40);
  expect(text).toContain('  --brush FILE   What to paint with\n                 (required)');
});

it('has a short form for the bare command', () => {
  const text = shortHelp(command as unknown as Command<z.ZodObject>);
  expect(text).toContain('Usage: paint --brush FILE [flags]');
  expect(text).toContain('paint --brush b.json');
  expect(text).toContain('All flags: paint --help');
  expect(text).not.toContain('--hue');
});

it('names the choices of a flag, once', () => {
  const engine = z.enum(['fast', 'exact']).default('fast');
  const options = z.strictObject({
    engine: engine.describe('What computes').meta({ placeholder: 'NAME' }),
    told: engine.describe('fast, or exact where it counts').meta({ placeholder: 'NAME' }),
    shown: engine.describe('What computes'),
  });
  const text = helpText({ ...command, options } as unknown as Command<z.ZodObject>);
  expect(text).toContain('What computes (fast, exact) [fast]');
  expect(text).toContain('fast, or exact where it counts [fast]');
  expect(text).toMatch(/--shown fast\|exact +What computes \[fast\]/);
});
