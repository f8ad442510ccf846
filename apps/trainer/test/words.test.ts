import { helpText } from '@pcam/cli';
import type { EpochRecord, FitResult } from '@pcam/training';
import { afterEach, expect, it, vi } from 'vitest';
import { trainOptions } from '../src/options.js';
import { aboutSeconds, dataLine, ending, epochLine, lengthenedLine, stepNote } from '../src/words.js';

const result = { stopped: 'finished', step: 4, epochs: 2, best: null, history: [] } satisfies FitResult;
const options = trainOptions.parse({ data: 'my data', out: "it's" });
const now = { steps: 4, seconds: 3 };

afterEach(() => vi.unstubAllEnvs());

it('the commands to go on with may be pasted into a shell', () => {
  vi.stubEnv('npm_command', 'run');
  expect(ending(result, options, now)).toContain(
    "evaluate with: pcam-evaluate --run 'it'\\''s' --data 'my data' --out 'it'\\''s/evaluation'",
  );
  expect(ending({ ...result, stopped: 'aborted' }, options, now)).toBe(
    "stopped after 3 s; go on with: pcam-train --resume --out 'it'\\''s'",
  );
});

it('and begin with npx where the command did', () => {
  vi.stubEnv('npm_command', 'exec');
  expect(ending(result, options, now)).toContain('evaluate with: npx pcam-evaluate --run');
  expect(ending({ ...result, stopped: 'aborted' }, options, now)).toContain('npx pcam-train --resume');
});

it('says how many patches an epoch sees where whole batches leave some out', () => {
  expect(dataLine(48, 7, 32)).toBe(
    'data: 48 patches to train on (32 an epoch, in whole batches of 32), 7 to validate on',
  );
  expect(dataLine(64, 7, 32)).toBe('data: 64 patches to train on, 7 to validate on');
  expect(dataLine(10, 7, 32)).toBe('data: 10 patches to train on, 7 to validate on');
});

it('a finished run that is resumed says how to lengthen it', () => {
  expect(ending(result, options, { ...now, steps: 0 })).toContain(
    'nothing was left to do, --epochs lengthens the run',
  );
  expect(ending(result, options, now)).not.toContain('nothing was left');
  // More epochs do not help where patience has run out.
  expect(ending({ ...result, stopped: 'patience' }, options, { ...now, steps: 0 })).toMatch(
    /nothing was left to do, and patience stays run out; go on in a new run, --init-from 'it'\\''s'$/m,
  );
  expect(lengthenedLine(6, 8, 0.000439)).toBe(
    '6 epochs became 8: the learning rate goes on at 0.000439, which is its place in the schedule over 8 epochs',
  );
});

it('cross-entropy and constraint are told apart', () => {
  const terms = {
    crossEntropy: 0.4,
    constraint: 0.1,
    'constraint.lambda': 0.15,
    'constraint.negativeShare': 0.7,
  };
  expect(stepNote({ loss: 0.5, terms })).toBe(
    'loss 0.500 = cross-entropy 0.400 + constraint 0.100 (λ 0.15) · 70 % of healthy pixels negative',
  );
  expect(stepNote({ loss: 0.5 })).toBe('loss 0.500');
  const valid = { loss: 0.3, auroc: 0.9, accuracy: 0.8 };
  const record = { kind: 'epoch', step: 4, epoch: 1, trainLoss: 0.5, valid, best: true } as EpochRecord;
  expect(epochLine(record)).toBe('loss 0.500 · valid loss 0.300, AUROC 0.9000, accuracy 0.800 · best');
  expect(epochLine({ ...record, crossEntropy: 0.4, terms: { constraint: 0.1 } })).toBe(
    'loss 0.500 = cross-entropy 0.400 + constraint 0.100 · valid loss 0.300, AUROC 0.9000, accuracy 0.800 · best',
  );
});

it.each([
  [0.2, 'under a second'],
  [12.3, 'about 12 s'],
  [200, 'about 3 min'],
  [7500, 'about 2 h 05 min'],
])('%s seconds are %s', (seconds, text) => {
  expect(aboutSeconds(seconds)).toBe(text);
});

it('help is in groups, and tells what each flag does', () => {
  const command = { name: 'pcam-train', version: '1', summary: '', options: trainOptions, examples: [] };
  const lines = helpText({ ...command, run: async () => {} } as never).split('\n');
  expect(lines.filter((line) => /^\S.*:$/.test(line))).toEqual([
    'Data:',
    'Model:',
    'Optimisation:',
    'Validation:',
    'Constraint:',
    'Run and output:',
    'Other:',
    'Examples:',
  ]);
  for (const option of Object.values(trainOptions.shape))
    expect(option.description?.length).toBeGreaterThan(10);
});
