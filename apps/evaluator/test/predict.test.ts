import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useEngine } from '@pcam/engine';
import { createModel, encodeSafetensors } from '@pcam/models';
import { saveModel } from '@pcam/models/node';
import { openDataset, writeSyntheticPcam } from '@pcam/pcam-data/node';
import { createRun } from '@pcam/training/node';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command } from '../../../vitest.command.js';
import { evaluate } from '../src/evaluate.js';
import { evaluateOptions } from '../src/options.js';
import { predictImagesOptions } from '../src/unlabelled/options.js';
import { predictImages } from '../src/unlabelled/predict-images.js';

const folder = mkdtempSync(join(tmpdir(), 'pcam-predict-'));
const at = (...names: string[]): string => join(folder, ...names);
const [data, run, images, evaluation] = [at('data'), at('run'), at('images'), at('evaluation')];
const [temperature, threshold] = [2, 0.4];

/** Predicts with these options, and tells what was said. */
async function predict(more: object) {
  const lines: string[] = [];
  const options = predictImagesOptions.parse({ run, images, engine: 'wasm', ...more });
  const found = await predictImages(options, (line) => lines.push(line));
  return { ...found, lines };
}

beforeAll(async () => {
  await useEngine('wasm');
  await writeSyntheticPcam({ dir: data, seed: 7, splits: { train: 4, valid: 8, test: 6 } });
  // A run as pcam-train leaves it, of a model that nobody trained.
  const made = createRun(run, { config: { model: { name: 'cnn' } } });
  const small = { stemWidth: 8, widths: [8], depths: [1], strides: [2] };
  const model = createModel({ name: 'cnn', seed: 3, ...small } as Parameters<typeof createModel>[0]);
  mkdirSync(join(run, 'checkpoints'), { recursive: true });
  await saveModel(model, join(run, 'checkpoints', 'best.safetensors'));
  writeFileSync(join(run, 'validation.json'), JSON.stringify({ none: { temperature, threshold } }));
  made.close();
  // The test split's patches as files, in its order.
  const dataset = await openDataset(data, 'test');
  const patches = (await dataset.read([0, 1, 2, 3, 4, 5])).images;
  await dataset.close();
  mkdirSync(at('images', 'more'), { recursive: true });
  for (let i = 0; i < 6; i++) {
    const raw = { width: 96, height: 96, channels: 3 } as const;
    const pixels = patches.subarray(i * 96 * 96 * 3, (i + 1) * 96 * 96 * 3);
    await sharp(pixels, { raw }).toFile(at('images', i < 4 ? `p${i}.png` : `more/p${i}.png`));
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('pcam-predict', () => {
  it('gives what an evaluation gives, of files without labels, of an array and of a split', async () => {
    const options = { run, data, out: evaluation, engine: 'wasm', resamples: 0, maps: 0, segment: true };
    await evaluate(
      evaluateOptions.parse({ ...options, maskThreshold: 'quantile:0.7', smoothing: 1, minimumArea: 4 }),
      () => {},
    );
    const table = readFileSync(join(evaluation, 'predictions.csv'), 'utf8').trim().split('\n');
    const logits = table.slice(1).map((line) => Number(line.split(',')[3]));
    const { rows, csv } = await predict({});
    const order = ['more/p4.png', 'more/p5.png', 'p0.png', 'p1.png', 'p2.png', 'p3.png'];
    expect(rows.map(({ file }) => file)).toEqual(order);
    for (const { file, logit, probability, uncalibrated_probability, predicted } of rows) {
      expect(logit).toBeCloseTo(logits[Number(/p(\d)/.exec(file)![1])]!, 4);
      expect(probability).toBeCloseTo(1 / (1 + Math.exp(-logit / temperature)), 12);
      expect(uncalibrated_probability).toBeCloseTo(1 / (1 + Math.exp(-logit)), 12);
      expect(predicted).toBe(probability >= threshold ? 1 : 0);
    }
    expect(csv.split('\n')[0]).toBe('index,file,logit,probability,uncalibrated_probability,predicted');
    for (const path of [data, join(data, 'camelyonpatch_level_2_split_test_x.h5')]) {
      const ofArray = (await predict({ images: path })).rows;
      expect(ofArray.map(({ logit }) => logit)).toEqual(logits.map((logit) => expect.closeTo(logit, 4)));
      expect(ofArray[5]).toMatchObject({ index: 5, file: 'camelyonpatch_level_2_split_test_x.h5' });
    }
  });

  it('writes maps, and masks that are those of the evaluation whose threshold they take', async () => {
    const { csv, lines } = await predict({ out: at('predicted'), maps: true, masks: evaluation });
    expect(lines.join('\n')).toContain('smoothed by 1 pixels');
    expect(lines.at(-1)).toMatch(
      /^colours of the maps: from -(\S+), blue, against tumour, to \1, red, for it$/,
    );
    expect(csv.split('\n')[1]).toMatch(/^0,more\/p4\.png,.*,maps\/0-p4\.npy,masks\/0-p4\.png$/);
    expect(readdirSync(at('predicted')).sort()).toEqual([
      'maps',
      'masks',
      'pcam-predict.sha256',
      'predictions.csv',
    ]);
    for (const [i, place] of [4, 5, 0, 1, 2, 3].entries()) {
      const mask = readFileSync(at('predicted', 'masks', `${i}-p${place}.png`));
      expect(mask.equals(readFileSync(join(evaluation, 'masks', `${place}.png`)))).toBe(true);
    }
    const raw = readFileSync(at('predicted', 'maps', '0-p4.npy'));
    expect(raw.subarray(0, 8).toString('latin1')).toBe('\x93NUMPY\x01\x00');
    const size = raw.readUInt16LE(8);
    expect(raw.subarray(10, 10 + size).toString()).toMatch(/'descr': '<f4'.*'shape': \(96, 96,\), } *\n$/);
    expect([(10 + size) % 64, raw.length]).toEqual([0, 10 + size + 4 * 96 * 96]);
    const { width, height } = await sharp(at('predicted', 'maps', '0-p4.png')).metadata();
    expect([width, height]).toEqual([96, 96]);
  });

  it('leaves out images that are broken where it is told to, and names them', async () => {
    const broken = at('broken');
    mkdirSync(broken);
    await sharp(at('images', 'p0.png')).toFile(join(broken, 'b.png'));
    writeFileSync(join(broken, 'a.png'), 'no image');
    await expect(predict({ images: broken })).rejects.toThrow(/a\.png cannot be decoded/);
    const { rows, lines } = await predict({ images: broken, skipBroken: true });
    expect(rows.map(({ index, file }) => [index, file])).toEqual([[0, 'b.png']]);
    expect(lines[0]).toMatch(/^left out: .*a\.png/);
  });

  it('prints the table alone on stdout, lines for people on stderr', async () => {
    const program = command(new URL('../src/predict-cli.ts', import.meta.url));
    const args = ['--run', run, '--images', images, '--engine', 'wasm', '--limit', '2'];
    const { status, stdout, stderr } = await program(args);
    expect(status).toBe(0);
    expect(stdout.trim().split('\n')).toHaveLength(3);
    expect(stderr).toMatch(/2 images, \d called tumour; threshold 0\.400, chosen on the validation split/);
  });

  it('refuses options that nobody reads, put together in code', async () => {
    const options = predictImagesOptions.parse({ run, images });
    const wrong = { ...options, tresh: 0.3 } as typeof options;
    await expect(predictImages(wrong, () => {})).rejects.toThrow("'tresh'; did you mean 'threshold'?");
    const evaluated = { ...evaluateOptions.parse({ run, data, out: at('x') }), lmit: 3 };
    await expect(evaluate(evaluated, () => {})).rejects.toThrow("evaluate: unknown option 'lmit'");
  });

  it('has no flags of attributions that it refuses', () => {
    expect(predictImagesOptions.shape).not.toHaveProperty('samples');
    expect(predictImagesOptions.shape.steps.description).toContain('Of integratedGradients');
    expect(() => predictImagesOptions.parse({ run, images, zeroShare: 0.5 })).toThrow(/zeroShare/);
  });

  it.each<[string, () => object, RegExp]>([
    ['maps without a folder', () => ({ maps: true }), /need a folder to write; give --out/],
    ['a table as a folder', () => ({ out: at('predicted.csv') }), /would be a folder; .* leave --out out/],
    ['options of maps without maps', () => ({ smoothing: 1 }), /without --maps or --masks/],
    ['an area without masks', () => ({ minimumArea: 3 }), /--minimum-area says nothing/],
    [
      'masks cut nowhere',
      () => ({ masks: images, out: at('x') }),
      /neither a number nor the folder of an eval/,
    ],
    [
      "another way of making maps than the threshold's",
      () => ({ masks: evaluation, smoothing: 3, out: at('x') }),
      /--smoothing 3: the threshold of .* was chosen on maps made with 1; leave it out/,
    ],
    ['an unknown layer', () => ({ maps: true, layer: 'conv9', out: at('x') }), /it has stem/],
    ['a folder inside that of the images', () => ({ out: at('images', 'x') }), /lies inside --images/],
    ['the folder of the run', () => ({ out: run }), /is the folder of --run/],
    ['images that are not there', () => ({ images: at('nowhere') }), /nowhere does not exist/],
  ])('refuses %s', async (_, more, message) => {
    await expect(predict(more())).rejects.toThrow(message);
    expect(readdirSync(folder)).not.toContain('x');
  });

  it('refuses a threshold that was chosen for other weights', async () => {
    const other = at('other');
    mkdirSync(other);
    const metrics = JSON.parse(readFileSync(join(evaluation, 'metrics.json'), 'utf8'));
    writeFileSync(join(other, 'metrics.json'), JSON.stringify({ ...metrics, weightsSha256: 'another' }));
    await expect(predict({ masks: other, out: at('x') })).rejects.toThrow(
      /is of other weights than .*best\.safe/,
    );
  });

  it('says where images are of another size than those of the training', async () => {
    const training = JSON.stringify({ data: { height: 64, width: 64 } });
    const last = encodeSafetensors(new Map(), { 'pcam.training': training });
    const path = join(run, 'checkpoints', 'last.safetensors');
    expect((await predict({ limit: 1 })).lines.join()).not.toContain('note:');
    writeFileSync(path, last);
    const { lines } = await predict({ limit: 1 });
    rmSync(path);
    expect(lines).toContainEqual(
      expect.stringMatching(/^note: patches are 96×96, but the run was trained on 64×64/),
    );
  });

  it('refuses images of a size that the model does not take', async () => {
    const odd = at('odd.png');
    await sharp(at('images', 'p0.png')).resize(50, 33).toFile(odd);
    await expect(predict({ images: odd })).rejects.toThrow(/33×50; cnn takes multiples of/);
  });
});
