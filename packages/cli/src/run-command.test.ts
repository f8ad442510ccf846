import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
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

let out = '';
let err = '';
beforeEach(() => {
  out = '';
  err = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += text;
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += text;
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
});

describe('runCommand', () => {
  it('shows help with defaults, what is required, and examples', async () => {
    await runCommand(
      command(async () => {}),
      ['--help'],
    );
    expect(out).toContain('Usage: greet --name WHO [flags]');
    expect(out).toMatch(/--count N +How many \[3\]/);
    expect(out).toMatch(/--slow +Take your time \[on; --no-slow turns it off\]/);
    expect(out).toMatch(/--name WHO +Who \(required\)/);
    expect(out).toContain('greet --name Ada');
  });

  it('shows the version', async () => {
    await runCommand(
      command(async () => {}),
      ['--version'],
    );
    expect(out).toBe('1.2.3\n');
  });

  it('turns an error into one line and exit code 1', async () => {
    await runCommand(
      command(async () => {
        throw new Error('first\n  second');
      }),
      ['--name', 'Ada'],
    );
    expect(err).toBe('greet: first second\n');
    expect(process.exitCode).toBe(1);
  });

  it('does no work on a wrong flag', async () => {
    const run = vi.fn(async () => {});
    await runCommand(command(run), ['--nam', 'Ada']);
    expect(run).not.toHaveBeenCalled();
    expect(err).toContain('did you mean --name');
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
