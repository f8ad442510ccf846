import { execFile, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { useEngine } from '@pcam/engine';
import { memory, tidy } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type CreateModelOptions,
  createModel,
  createUnet,
  decodeModel,
  decodeSafetensors,
  decodeUnet,
  encodeModel,
  encodeSafetensors,
  type NamedTensor,
  readWeights,
  upgradeModelConfig,
  writeWeights,
} from '../src/index.js';
import { loadModel, saveModel } from '../src/node/index.js';
import { formulaImages } from './formula.js';

let folder = '';

beforeAll(async () => {
  await useEngine('cpu');
  folder = await mkdtemp(join(tmpdir(), 'pcam-models-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

const options = { name: 'cnn', widths: [8, 8], depths: [1, 1], strides: [1, 2], seed: 3 } as const;

describe('saveModel and loadModel', () => {
  test('keep every bit, replace an older file and leave nothing beside it', async () => {
    const path = join(folder, 'model.safetensors');
    const older = createModel({ ...options, seed: 4 });
    const model = createModel(options);
    await saveModel(older, path);
    await saveModel(model, path);
    expect(await readdir(folder)).toEqual(['model.safetensors']);
    const loaded = await loadModel(path);
    expect(loaded.config).toEqual(model.config);
    expect(await readWeights(loaded)).toEqual(await readWeights(model));
    for (const each of [older, model, loaded]) each.dispose();
  });

  test('write a file that Python reads by the format’s own rules', async ({ skip }) => {
    skip(spawnSync('python3', ['--version']).status !== 0, 'python3 is not on the PATH');
    const path = join(folder, 'python.safetensors');
    const model = createModel(options);
    await saveModel(model, path);
    const script = [
      'import json, struct, sys',
      'raw = open(sys.argv[1], "rb").read()',
      'size = struct.unpack("<Q", raw[:8])[0]',
      'header = json.loads(raw[8:8 + size]); data = raw[8 + size:]',
      'config = json.loads(header.pop("__metadata__")["pcam.model"])',
      'ends = sorted(tuple(entry["data_offsets"]) for entry in header.values())',
      'assert ends[0][0] == 0 and ends[-1][1] == len(data) and all(a[1] == b[0] for a, b in zip(ends, ends[1:]))',
      'entry = header["stem.conv.weight"]; start, end = entry["data_offsets"]',
      'values = struct.unpack(f"<{(end - start) // 4}f", data[start:end])',
      'print(json.dumps([config["name"], entry["dtype"], entry["shape"], values[:3]]))',
    ].join('\n');
    const { stdout } = await promisify(execFile)('python3', ['-c', script, path]);
    const stem = model.variables.get('stem.conv.weight')!;
    expect(JSON.parse(stdout)).toEqual(['cnn', 'F32', stem.shape, Array.from(stem.dataSync().slice(0, 3))]);
    model.dispose();
  });

  test('refuse damaged files and files of something else in one line that names the file', async () => {
    const model = createModel(options);
    const bytes = await encodeModel(model);
    const path = join(folder, 'bad.safetensors');
    const { tensors, metadata } = decodeSafetensors(bytes);
    const changed = (change: (weights: Map<string, NamedTensor>) => void): Uint8Array => {
      const weights = new Map(tensors);
      change(weights);
      return encodeSafetensors(weights, metadata);
    };
    const withConfig = (config: string): Uint8Array => encodeSafetensors(tensors, { 'pcam.model': config });
    const values = new Float32Array(2);
    const config = model.config;
    model.dispose();
    const before = memory().numTensors;
    const cases: [Uint8Array, RegExp][] = [
      [bytes.slice(0, bytes.length / 2), /cut off at tensor/],
      [Buffer.from('not a model at all'), /Not a safetensors file/],
      [encodeSafetensors(tensors), /holds no model of @pcam\/models/],
      [withConfig('{'), /not a model configuration in JSON/],
      [withConfig('{"name":"alexnet"}'), /no model "alexnet"\. There are: cnn, densenet, fcn, resnet, vit/],
      [withConfig(JSON.stringify({ ...config, colour: 1 })), /no option 'colour'/],
      [
        withConfig(JSON.stringify({ ...config, widths: [8, 16] })),
        /'stages\.1\.0\.conv\.weight' .*\[4, 4, 8, 16\], not/,
      ],
      [withConfig('{"name":"vit"}'), /lack 'stem\.0\.conv\.weight', .* and \d+ more of model 'vit'/],
      [changed((weights) => weights.delete('head.bias')), /lack 'head\.bias' of model 'cnn'/],
      [
        changed((weights) => weights.set('extra', { shape: [2], values })),
        /hold 'extra', which model 'cnn' does not have/,
      ],
      [
        changed((weights) => weights.set('head.bias', { shape: [1], values: new Int32Array(1) })),
        /'head\.bias' of model 'cnn' is float32 \[1\], not int32 \[1\]/,
      ],
    ];
    for (const [content, message] of cases) {
      await writeFile(path, content);
      const failure = await loadModel(path).then(
        () => new Error('loaded'),
        (error: Error) => error,
      );
      expect(failure.message).toMatch(message);
      expect(failure.message.startsWith(`${path}: `)).toBe(true);
      expect(failure.message).not.toContain('\n');
      expect(memory().numTensors).toBe(before);
    }
    await expect(loadModel(folder)).rejects.toThrow('of a run, give its checkpoints/best.safetensors');
    await expect(loadModel(join(folder, 'absent'))).rejects.toThrow(
      /absent: cannot load a model: does not exist/,
    );
  });

  test('leave nothing behind where the file cannot be written', async () => {
    const model = createModel(options);
    const path = join(folder, 'nowhere', 'model.safetensors');
    await expect(saveModel(model, path)).rejects.toThrow(
      /nowhere.*: cannot save the model: its folder does not exist/,
    );
    // A folder under the final name: the write aside succeeds, the rename does not.
    await mkdir(join(folder, 'taken', 'inside'), { recursive: true });
    await expect(saveModel(model, join(folder, 'taken'))).rejects.toThrow(
      /taken: cannot save the model: .*folder/,
    );
    model.dispose();
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

describe('files that are older than an option', () => {
  /** The configuration of a saved model without some keys, as an older version wrote it. */
  const without = (bytes: Uint8Array, ...keys: string[]): Uint8Array => {
    const { tensors, metadata } = decodeSafetensors(bytes);
    const config = JSON.parse(metadata['pcam.model']!) as Record<string, unknown>;
    for (const key of keys) delete config[key];
    return encodeSafetensors(tensors, { 'pcam.model': JSON.stringify(config) });
  };

  test('load as the network that they were', async () => {
    // Saved by version 0.1.0, with the weights of formula.ts; its logits on cpu, of the images of formula.ts.
    const model = await loadModel(fileURLToPath(new URL('fixtures/cnn-0.1.0.safetensors', import.meta.url)));
    expect(model.config).toMatchObject({ strides: [2, 4], poolField: 32, downsampling: 'strided' });
    const logits = tidy(() => [...model.forward(formulaImages([2, 64, 96, 3])).dataSync()]);
    expect(logits).toEqual([-0.8545523881912231, -0.5726938843727112]);
    const again = createModel(model.config as CreateModelOptions);
    expect(again.config).toEqual(model.config);
    for (const each of [model, again]) each.dispose();
  });

  test.each([
    { name: 'cnn', widths: [4], depths: [1], strides: [2] },
    { name: 'fcn', widths: [4, 6], stemWidth: 4 },
    { name: 'resnet', widths: [4, 6], depths: [1, 1], stemWidth: 4 },
  ] as CreateModelOptions[])('so does a $name', async (options) => {
    const model = createModel({ ...options, downsampling: 'strided' } as CreateModelOptions);
    const loaded = decodeModel(without(await encodeModel(model), 'downsampling'));
    expect(loaded.config).toEqual(model.config);
    expect(await readWeights(loaded)).toEqual(await readWeights(model));
    for (const each of [model, loaded]) each.dispose();
  });

  test('so does a U-Net, whose weights tell nothing of it', async () => {
    const model = createUnet({ widths: [4, 6], downsampling: 'strided' });
    const loaded = decodeUnet(without(await encodeModel(model), 'downsampling'));
    expect(loaded.config).toEqual(model.config);
    const current = createUnet({ widths: [4, 6] });
    expect(current.config.downsampling).toBe('symmetric');
    expect(decodeUnet(await encodeModel(current)).config).toEqual(current.config);
    for (const each of [model, loaded, current]) each.dispose();
  });

  test('and of options that have always been, none is made up', () => {
    expect(upgradeModelConfig({ name: 'cnn' })).toEqual({ name: 'cnn', downsampling: 'strided' });
    const complete = { name: 'fcn', downsampling: 'symmetric' };
    expect(upgradeModelConfig(complete)).toEqual(complete);
    expect(upgradeModelConfig({ name: 'resnet' })).toEqual({ name: 'resnet' });
    expect(upgradeModelConfig({ name: 'own', size: 3 })).toEqual({ name: 'own', size: 3 });
  });
});

test('writeWeights changes nothing when it refuses', async () => {
  const model = createModel(options);
  const start = await readWeights(model);
  const wrong = new Map(start).set('head.bias', { shape: [2], values: new Float32Array(2) });
  wrong.set('stem.conv.weight', { ...start.get('stem.conv.weight')!, values: new Float32Array(432) });
  expect(() => writeWeights(model, wrong)).toThrow(/'head\.bias'/);
  expect(await readWeights(model)).toEqual(start);
  model.dispose();
});
