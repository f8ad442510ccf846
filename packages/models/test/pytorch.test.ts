/*
 * Our files in PyTorch. In every run, our logits beside those that torch/pcam_torch.py gave for the
 * same weights (fixtures/torch_predictions.py); where PCAM_TORCH_PYTHON names a Python that has torch, the loader
 * itself on files written here, and ours on files written there.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type AnyModelConfig,
  type CreateModelOptions,
  type CreateUnetOptions,
  createModel,
  createUnet,
  encodeSafetensors,
  type Model,
  modelNames,
  type NamedTensor,
  presetNames,
  readWeights,
  type SegmentationModel,
} from '../src/index.js';
import { loadModel, loadUnet, saveModel } from '../src/node/index.js';
import { onEngines, start } from './engines.js';
import { formulaImages, sampleIndices, setFormulaWeights } from './formula.js';

interface Case {
  readonly config: AnyModelConfig;
  readonly size: [number, number, number, number];
  /** All, or 32 of a map. */
  readonly logits: readonly number[];
}

interface Fixture {
  readonly sha256: string;
  readonly defaults: Readonly<Record<string, AnyModelConfig>>;
  readonly cases: Readonly<Record<string, Case>>;
}

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const loader = at('../torch/pcam_torch.py');
const fixture = JSON.parse(readFileSync(at('fixtures/torch-predictions.json'), 'utf8')) as Fixture;
const { cases } = fixture;

/**
 * Of the largest logit, or of 1 where that is less: where a U-Net's reach 20, PyTorch's own float32 differs from its
 * float64 by 7e-5 (ours by 3e-5 to 6e-5).
 */
const tolerance = 1e-5;

function expectLogits(own: readonly number[], expected: readonly number[]): void {
  expect(own.length).toBe(expected.length);
  const allowed = tolerance * Math.max(1, ...expected.map(Math.abs));
  for (const [i, logit] of expected.entries()) {
    expect(Math.abs(own[i]! - logit), `[${i}]: ${own[i]} against ${logit}`).toBeLessThan(allowed);
  }
}

function create({ config }: Case): Model | SegmentationModel {
  return config.name === 'unet' ? createUnet(config as CreateUnetOptions) : createModel(config);
}

function logitsOf(
  model: Model | SegmentationModel,
  size: Case['size'],
): { values: Float32Array; shape: number[] } {
  const images = formulaImages(size);
  const logits = model.forward(images as Tensor4D);
  const result = { values: logits.dataSync() as Float32Array, shape: [...logits.shape] };
  images.dispose();
  logits.dispose();
  return result;
}

describe('the fixture', () => {
  test('is of torch/pcam_torch.py as it is', () => {
    const hash = createHash('sha256').update(readFileSync(loader)).digest('hex');
    expect(hash, 'run test/fixtures/torch_predictions.py: pcam_torch.py has changed').toBe(fixture.sha256);
  });

  test("has the loader's defaults, which are ours, of every family and option", () => {
    expect(Object.keys(fixture.defaults).sort()).toEqual([...modelNames, 'unet'].sort());
    for (const config of Object.values(fixture.defaults)) {
      const model = create({ config: { name: config.name } } as Case);
      expect(config).toEqual(model.config);
      model.dispose();
    }
  });

  test('varies every option of every family', () => {
    for (const [name, defaults] of Object.entries(fixture.defaults)) {
      const configs = Object.values(cases)
        .map(({ config }) => config)
        .filter((config) => config.name === name);
      for (const [option, value] of Object.entries(defaults)) {
        if (option === 'name') continue;
        const varied = configs.some((config) => JSON.stringify(config[option]) !== JSON.stringify(value));
        expect(varied, `${name}: ${option}`).toBe(true);
      }
    }
  });

  test('holds every small preset as it is', () => {
    const big = /^resnet\d+$/; // compared with torchvision: torch-parity.test.ts and test_pcam_torch.py
    for (const name of modelNames) {
      for (const preset of presetNames(name).filter((preset) => !big.test(preset))) {
        const model = createModel({ name, preset } as CreateModelOptions);
        expect(cases[preset]?.config).toEqual(model.config);
        model.dispose();
      }
    }
  });
});

onEngines(['wasm', 'native'], (engine) => {
  beforeAll(() => start(engine));

  test.each(Object.keys(cases))('%s: our logits are those of pcam_torch.py within 1e-5', (name) => {
    const { size, logits } = cases[name]!;
    const model = create(cases[name]!);
    setFormulaWeights(model);
    const { values } = logitsOf(model, size);
    const some = values.length > 32 ? sampleIndices(values.length, 32) : values.keys();
    expectLogits(
      Array.from(some, (i) => values[i]!),
      logits,
    );
    model.dispose();
  });
});

const python = process.env.PCAM_TORCH_PYTHON;

describe.skipIf(!python)(
  'pcam_torch.py under PCAM_TORCH_PYTHON, a Python with torch',
  { timeout: 600_000 },
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'pcam-torch-'));
    const written: {
      readonly config: AnyModelConfig;
      readonly size: Case['size'];
      readonly logits: number[];
      readonly back: string;
    }[] = [];

    beforeAll(async () => {
      await start('wasm');
      const expected: object[] = [];
      for (const [index, { config, size }] of Object.values(cases).entries()) {
        const model = create({ config } as Case);
        setFormulaWeights(model);
        const { values, shape } = logitsOf(model, size);
        const images = { shape: size, values: formulaImages(size).dataSync() as Float32Array };
        const names = { images: `${index}-images.safetensors`, back: `${index}-back.safetensors` };
        writeFileSync(join(folder, names.images), encodeSafetensors(new Map([['images', images]])));
        // By turns a model as it is saved, and a run folder with the last checkpoint of a training.
        const path = index % 2 === 0 ? `${index}.safetensors` : `${index}`;
        if (index % 2 === 0) await saveModel(model, join(folder, path));
        else writeLast(join(folder, path), config, await readWeights(model));
        expected.push({ path, ...names, shape, logits: [...values] });
        written.push({ config, size, logits: [...values], back: join(folder, names.back) });
        model.dispose();
      }
      writeFileSync(join(folder, 'expected.json'), JSON.stringify(expected));
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    test('passes its own tests, gives our logits for our files, and saves files that we load', async () => {
      const env = { ...process.env, PCAM_TORCH_FILES: folder, PYTHONDONTWRITEBYTECODE: '1' };
      execFileSync(python!, [at('../torch/test_pcam_torch.py')], {
        env,
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      for (const { config, size, logits, back } of written) {
        const model = await (config.name === 'unet' ? loadUnet(back) : loadModel(back));
        expect(model.config).toEqual(config);
        expect([...logitsOf(model, size).values]).toEqual(logits);
        model.dispose();
      }
    });
  },
);

/** As @pcam/training writes it: model, averaged weights and the optimizer's state in one file. */
function writeLast(run: string, config: AnyModelConfig, weights: ReadonlyMap<string, NamedTensor>): void {
  const doubled = ({ shape, values }: NamedTensor) => ({
    shape,
    values: Float32Array.from(values, (v) => 2 * v),
  });
  const grouped = [...weights].flatMap(([name, value]): [string, NamedTensor][] => [
    [`model/${name}`, doubled(value)],
    [`optimizer/m/${name}`, doubled(value)],
    [`ema/${name}`, value],
  ]);
  const metadata = { 'pcam.training': JSON.stringify({ model: config, config: {}, data: {}, state: {} }) };
  mkdirSync(join(run, 'checkpoints'), { recursive: true });
  writeFileSync(join(run, 'checkpoints/last.safetensors'), encodeSafetensors(new Map(grouped), metadata));
}
