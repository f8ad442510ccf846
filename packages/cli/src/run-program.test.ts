import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { capture } from '../test/support/capture.js';
import { type Program, subcommand } from './command.js';
import { runProgram } from './run-command.js';

vi.mock('./closed-pipes.js', () => ({ surviveClosedPipes: vi.fn() }));

const ran = vi.fn();
const program: Program = {
  name: 'farm',
  version: '1.2.3',
  summary: 'Keeps animals.',
  commands: {
    feed: subcommand({
      summary: 'Feed a herd',
      options: z.strictObject({
        hay: z.number().default(2).describe('Bales'),
        from: z.string().describe('Barn'),
        to: z.string().optional().meta({ placeholder: '<meadow>' }),
      }),
      paths: ['from', 'to'],
      examples: ['farm feed barn north', 'farm feed barn'],
      async run({ hay, from, to }) {
        ran(hay + 1, from, to);
      },
    }),
    count: subcommand({
      summary: 'Count heads',
      options: z.strictObject({ loud: z.boolean().default(false) }),
      examples: ['farm count'],
      async run({ loud }) {
        throw new Error(loud ? 'NONE' : 'none');
      },
    }),
  },
};

const said = capture();
afterEach(() => void ran.mockReset());

describe('runProgram', () => {
  it('runs the command that is named, with paths by their place and flags by name', async () => {
    await runProgram(program, ['feed', 'barn', '--hay', '3', 'north']);
    expect(ran).toHaveBeenCalledWith(4, 'barn', 'north');
    await runProgram(program, ['feed', '--', '-barn']);
    expect(ran).toHaveBeenLastCalledWith(3, '-barn', undefined);
  });

  it('shows its commands, each command its flags, and the version', async () => {
    await runProgram(program, ['--help']);
    expect(said.out).toContain('Usage: farm <command> [flags]');
    expect(said.out).toMatch(/^ {2}feed <from> <meadow> +Feed a herd\n {2}count +Count heads$/m);
    expect(said.out).toContain('$ farm feed barn north\n  $ farm count\n');
    said.out = '';
    await runProgram(program, ['feed', '--help']);
    expect(said.out).toContain('Usage: farm feed <from> <meadow> [flags]');
    expect(said.out).toMatch(/^ {2}<from> +Barn$/m);
    expect(said.out).toMatch(/^ {2}--hay N +Bales \[2\]$/m);
    for (const argv of [['--version'], ['count', '--version']]) {
      said.out = '';
      await runProgram(program, argv);
      expect(said.out).toBe('1.2.3\n');
    }
    expect(process.exitCode ?? 0).toBe(0);
  });

  it('shows its commands where none is named, and fails', async () => {
    await runProgram(program, []);
    expect(said.out).toContain('Commands:');
    expect(process.exitCode).toBe(1);
  });

  it.each([
    [['fed'], 'farm: there is no command "fed"; did you mean feed?\n'],
    [['--loud', 'count'], 'farm: there is no command "--loud"; there are feed, count (see --help)\n'],
    [['toString'], 'farm: there is no command "toString"; there are feed, count (see --help)\n'],
    [['count', '--lout'], 'farm: --lout is not a flag; did you mean --loud?\n'],
    [['count', '--loud', 'x'], /^farm: "x" is not a flag; quote a path that holds blanks/],
    [['feed', '--hay', '1'], 'farm: give a path: farm feed <from> (see --help)\n'],
    [['feed', '--from', 'x'], /^farm: --from is not a flag; see --help \(there are --hay\)\n$/],
    [['feed', 'a', 'b', 'c'], 'farm: feed takes 2 paths, not also "c"; quote a path that holds blanks\n'],
    [['feed', 'a', '--hay', '1', '--hay=2'], 'farm: --hay is given 2 times; give it once\n'],
    [['count', '--loud'], 'farm: NONE\n'],
  ])('refuses %j in one line', async (argv, message) => {
    await runProgram(program, argv);
    if (typeof message === 'string') expect(said.err).toBe(message);
    else expect(said.err).toMatch(message);
    expect(said.err.trim()).not.toContain('\n');
    expect({ out: said.out, code: process.exitCode }).toEqual({ out: '', code: 1 });
    expect(ran).not.toHaveBeenCalled();
  });
});
