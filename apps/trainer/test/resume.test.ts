import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseOptions } from '@pcam/cli';
import { writeSyntheticPcam } from '@pcam/pcam-data/node';
import { defaultRecipe } from '@pcam/training';
import { memory } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { checkCombinations } from '../src/combinations.js';
import { impliedOptions } from '../src/implied.js';
import { dryRun, overfitBatch, type TrainSummary, train, trainOptions } from '../src/index.js';
import { presetsBeside } from '../src/presets.js';
import { mayChange } from '../src/recorded.js';

const folder = mkdtempSync(join(tmpdir(), 'pcam-resume-'));
const at = (name: string): string => join(folder, name);
const model = JSON.stringify({ stemWidth: 4, widths: [4], depths: [1], strides: [2] });
const small = ['--engine', 'cpu', '--batch-size', '16', '--limit', '8', '--no-tta'];
const fresh = ['--model-options', model, ...small];

let lines: string[] = [];
const parse = (...argv: string[]) =>
  parseOptions(trainOptions, [...argv, '--workers', '0'], {
    presetKey: 'preset',
    presets: presetsBeside,
    implied: impliedOptions,
    check: checkCombinations,
  });
const pcamTrain = (...argv: string[]): Promise<TrainSummary> => {
  lines = [];
  return train(parse(...argv), (line) => void lines.push(line));
};
const config = (name: string) => JSON.parse(readFileSync(join(at(name), 'config.json'), 'utf8'));

beforeAll(async () => {
  await writeSyntheticPcam({ dir: at('data'), seed: 1, size: 64, splits: { train: 16, valid: 8 } });
  await pcamTrain(
    '--data',
    at('data'),
    '--out',
    at('run'),
    '--epochs',
    '1',
    '--warmup-epochs',
    '0',
    ...fresh,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a run is resumed', () => {
  it('with nothing left to do, and says so', async () => {
    await pcamTrain('--resume', '--out', at('run'));
    expect(lines.at(-1)).toContain('nothing was left to do, --epochs lengthens the run');
  });

  it('after its data moved: the message says how, and the new place is recorded', async () => {
    renameSync(at('data'), at('moved'));
    await expect(pcamTrain('--resume', '--out', at('run'))).rejects.toThrow(
      /data does not exist; if the data have moved, give --data with the new place/,
    );
    await pcamTrain('--resume', '--out', at('run'), '--data', at('moved'));
    expect(config('run').options.data).toBe(at('moved'));
    await pcamTrain('--resume', '--out', at('run'));
  });

  it('not with other data: the keys that differ are named, and nothing is recorded', async () => {
    await writeSyntheticPcam({ dir: at('other'), seed: 2, size: 64, splits: { train: 16, valid: 8 } });
    const other = pcamTrain('--resume', '--out', at('run'), '--data', at('other'));
    await expect(other).rejects.toThrow(/is of other training data \(its (labels|patches) differ/);
    await pcamTrain('--resume', '--out', at('run'), '--data', at('moved'));
  });

  it('not with other settings: the keys that differ are named, by their two values', async () => {
    await expect(pcamTrain('--resume', '--out', at('run'), '--weight-decay', '0.1')).rejects.toThrow(
      `holds a run with other settings (options.weightDecay is ${defaultRecipe.optimizer.weightDecay} there, 0.1 here)`,
    );
  });

  it('to more epochs, which are recorded', async () => {
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const { epochs, steps } = await pcamTrain('--resume', '--out', at('run'), '--epochs', '2');
    // As many images as there are, though a batch holds more.
    expect(written.mock.calls.join('\n')).toMatch(/epoch 2\/2 .*8\/8 images/);
    written.mockRestore();
    expect({ epochs, steps }).toEqual({ epochs: 2, steps: 2 });
    // The cosine's place at step 2 of 2: half the peak.
    expect(lines.join('\n')).toContain('1 epoch became 2: the learning rate goes on at 0.0015,');
    expect(config('run').options.epochs).toBe(2);
    await expect(pcamTrain('--resume', '--out', at('run'), '--epochs', '1')).rejects.toThrow(
      'epochs is 1, but checkpoints/last.safetensors is in epoch 2 already; give 2 or more',
    );
  });

  it('that an older version recorded by other names', async () => {
    const today = config('run');
    const { emaDecay, monitor, initFrom, ...rest } = today.options;
    const old = { ...today, options: { ...rest, ema: emaDecay, selectBy: monitor } };
    writeFileSync(join(at('run'), 'config.json'), JSON.stringify(old));
    await pcamTrain('--resume', '--out', at('run'));
    expect(config('run')).toEqual(today);
  });
});

it('once pseudo-masks are drawn, no other run can be recorded as where they come from', () => {
  expect(mayChange(false)).toContain('options.pseudoMasks');
  expect(mayChange(true)).not.toContain('options.pseudoMasks');
});

describe('--init-from', () => {
  const begin = ['--epochs', '1', '--engine', 'cpu', '--batch-size', '16', '--limit', '8', '--no-tta'];

  it('begins with the weights and the model of another run, and records it', async () => {
    await pcamTrain('--data', at('moved'), '--init-from', at('run'), '--out', at('warm'), ...begin);
    expect(lines).toContain(`weights: ${join(at('run'), 'checkpoints/best.safetensors')}`);
    expect(config('warm').model).toMatchObject({ name: 'cnn', widths: [4] });
    expect(config('warm').options.initFrom).toBe(at('run'));
    // From its own checkpoint, wherever the first run is by then.
    renameSync(at('run'), at('archived'));
    await pcamTrain('--resume', '--out', at('warm'));
    expect(lines.join('\n')).not.toContain('weights:');
    renameSync(at('archived'), at('run'));
  });

  it('takes the model of that run where a preset names another', async () => {
    const preset = ['--preset', 'segmentation', '--init-from', at('run'), '--lambda-from', '0'];
    await pcamTrain('--data', at('moved'), ...preset, '--out', at('constrained'), ...begin);
    expect(config('constrained').model).toMatchObject({ name: 'cnn', widths: [4] });
    expect(lines.join('\n')).toContain("constraint: the model's head has a bias");
  });

  it('says which tensors another model has otherwise', async () => {
    const wider = ['--model-options', model.replace('"widths":[4]', '"widths":[8]')];
    const refused = pcamTrain(
      '--data',
      at('moved'),
      '--init-from',
      at('run'),
      '--out',
      at('no'),
      ...begin,
      ...wider,
    );
    await expect(refused).rejects.toThrow(
      /--init-from .*run: its weights are of another model: \S+ is \[[\d,]+\] there, \[[\d,]+\] here, .* and \d+ more; leave out/,
    );
  });

  it.each([
    ['nowhere', /is not a run folder/],
    ['data-free.safetensors', /does not exist|is not a run folder/],
    ['notes.txt', /--init-from: no model can be loaded from .*notes\.txt: Not a safetensors file/],
  ])('refuses %s', async (name, message) => {
    writeFileSync(at('notes.txt'), 'hello');
    const refused = async () =>
      pcamTrain('--data', at('moved'), '--init-from', at(name), '--out', at('no'), ...begin);
    await expect(refused()).rejects.toThrow(message);
  });
});

describe('before training', () => {
  const asked = (...argv: string[]) => parse('--data', at('moved'), '--out', at('unused'), ...fresh, ...argv);

  it('--dry-run and --overfit-batch say which engine and why; times are in seconds where short', async () => {
    const said: string[] = [];
    await dryRun(asked(), (line) => void said.push(line));
    expect(said.join('\n')).toMatch(/engine: cpu on .*; cpu was asked for/);
    expect(said.join('\n')).toMatch(/ms a step, (under a second|about \d+ s) an epoch/);
    const enough = (line: string): void => {
      throw new Error(`said: ${line}`);
    };
    await expect(overfitBatch(asked(), enough)).rejects.toThrow(/said: engine: cpu on .*; cpu was asked for/);
  });

  it('--dry-run and --overfit-batch dispose every model, also where they fail', async () => {
    await dryRun(asked(), () => {}); // what an engine keeps from its first steps on is there
    const before = memory().numTensors;
    const left = async (work: Promise<unknown>, failure?: RegExp): Promise<number> => {
      await (failure ? expect(work).rejects.toThrow(failure) : work);
      return memory().numTensors - before;
    };
    const stopAt = (words: string) => (line: string) => {
      if (line.startsWith(words)) throw new Error(`said: ${line}`);
    };
    const widths8 = model.replace('"widths":[4]', '"widths":[8]');
    const begun = ['--data', at('moved'), '--out', at('unused'), '--init-from', at('run'), ...small];
    const wider = parse(...begun, '--model-options', widths8);
    const odd = asked('--valid-fraction', '0.3'); // known once the data are opened
    expect(await left(dryRun(asked('--init-from', at('run')), () => {}))).toBe(0);
    expect(
      await left(
        dryRun(wider, () => {}),
        /another model/,
      ),
    ).toBe(0);
    expect(await left(overfitBatch(asked(), stopAt('step')), /said: step 10/)).toBe(0);
    for (const trial of [dryRun, overfitBatch, train]) {
      expect(
        await left(
          trial(odd, () => {}),
          /--valid-fraction says nothing/,
        ),
      ).toBe(0);
    }
  });

  it('an option in code that nobody reads is refused', async () => {
    const typo = { ...asked(), epoch: 3 };
    for (const work of [train, dryRun, overfitBatch]) {
      await expect(work(typo, () => {})).rejects.toThrow(
        `${work.name}: unknown option 'epoch'; did you mean 'epochs'?`,
      );
    }
  });

  it('--valid-fraction is refused where there is a valid split', async () => {
    await expect(dryRun(asked('--valid-fraction', '0.3'), () => {})).rejects.toThrow(
      '--valid-fraction says nothing where there is a valid split',
    );
  });

  it('a folder of other things is left alone', async () => {
    await expect(pcamTrain('--data', at('moved'), '--out', at('moved'), ...fresh)).rejects.toThrow(
      /is not empty \(.*\) and not a run folder; choose another folder/,
    );
  });
});
