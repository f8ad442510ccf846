import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { capture } from '../test/support/capture.js';
import type { Command } from './command.js';
import { describeError } from './errors.js';
import { runCommand } from './run-command.js';

const schema = z.strictObject({
  count: z.number().default(3).describe('How many'),
  slow: z.boolean().default(true).describe('Take your time'),
  name: z.string().describe('Who').meta({ placeholder: 'WHO' }),
});
const command = (run: Command<typeof schema>['run']): Command<typeof schema> => ({
  name: 'greet',
  version: '1.2.3',
  summary: 'Greets.',
  options: schema,
  examples: ['greet --name Ada'],
  run,
});

const said = capture();

describe('runCommand', () => {
  it('shows help with defaults, what is required, and examples', async () => {
    await runCommand(
      command(async () => {}),
      ['--help'],
    );
    expect(said.out).toContain('Usage: greet --name WHO [flags]');
    expect(said.out).toMatch(/--count N +How many \[3\]/);
    expect(said.out).toMatch(/--slow +Take your time \[on; --no-slow turns it off\]/);
    expect(said.out).toMatch(/--name WHO +Who \(required\)/);
    expect(said.out).toContain('greet --name Ada');
  });

  it('shows the version', async () => {
    await runCommand(
      command(async () => {}),
      ['--version'],
    );
    expect(said.out).toBe('1.2.3\n');
  });

  it('turns an error into one line and exit code 1', async () => {
    await runCommand(
      command(async () => {
        throw new Error('first\n  second');
      }),
      ['--name', 'Ada'],
    );
    expect(said.err).toBe('greet: first second\n');
    expect(process.exitCode).toBe(1);
  });

  it('says how it is used where no flag was given and some are needed', async () => {
    await runCommand(
      command(async () => {}),
      [],
    );
    expect(said.err).toContain('Usage: greet --name WHO [flags]');
    expect(said.err).toContain('All flags: greet --help');
    expect(said.err.trim().split('\n').at(-1)).toBe('greet: --name WHO is missing; see --help');
    expect(process.exitCode).toBe(1);
  });

  it('does no work on a wrong flag', async () => {
    const run = vi.fn(async () => {});
    await runCommand(command(run), ['--nam', 'Ada']);
    expect(run).not.toHaveBeenCalled();
    expect(said.err).toContain('did you mean --name');
  });
});

describe('describeError', () => {
  it('says operating-system errors in words', () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
      code: 'ENOSPC',
      path: 'run/x',
    });
    expect(describeError(full)).toBe('run/x: the disk is full; free some space and run this again');
  });

  it('keeps a message of ours that carries a code', () => {
    expect(describeError(Object.assign(new Error('train_x.h5: truncated'), { code: 'ENOENT' }))).toBe(
      'train_x.h5: truncated',
    );
  });
});
