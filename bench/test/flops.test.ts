import { useEngine } from '@pcam/engine';
import { countFlops, createModel } from '@pcam/models';
import { beforeAll, describe, expect, test } from 'vitest';
import { MODELS, SIZE } from '../src/catalogue.js';
import { rowFlops, workOf } from '../src/flops.js';

beforeAll(async () => void (await useEngine('wasm')));

describe('operations of a forward pass', () => {
  test('ResNet-18 at 96×96, counted by hand', () => {
    const work = workOf(createModel(MODELS.resnet18).config, SIZE);
    // Multiply-adds: places × filter × inputs × outputs. A stage after the first halves the side,
    // doubles the channels and has a 1×1 shortcut.
    const stem = 48 ** 2 * 7 ** 2 * 3 * 64;
    const first = 4 * (24 ** 2 * 3 ** 2 * 64 * 64);
    const stage = (side: number, width: number): number =>
      side ** 2 * (9 * (width / 2) * width + 3 * 9 * width * width + (width / 2) * width);
    const multiplyAdds = stem + first + stage(12, 128) + stage(6, 256) + stage(3, 512) + 512;
    expect(multiplyAdds).toBe(333_103_616);
    expect(work).toEqual({ forward: 2 * 333_103_616, first: 2 * 21_676_032 });
  });

  test('ViT-small at 96×96, counted by hand', () => {
    const work = workOf(createModel(MODELS['vit-small']).config, SIZE);
    const stem = 48 ** 2 * 9 * 3 * 16 + 24 ** 2 * 9 * 16 * 32 + 12 ** 2 * 9 * 32 * 64;
    const tokens = 12 ** 2;
    const block = tokens * (4 * 64 * 64 + 2 * 64 * 256) + 2 * tokens * tokens * 64;
    expect(work.forward).toBe(2 * (stem + tokens * 64 * 64 + 4 * block + 64));
    expect(work.first).toBe(2 * 48 ** 2 * 9 * 3 * 16);
  });

  test('agree with the kernels that a forward pass runs', async () => {
    for (const options of Object.values(MODELS)) {
      const model = createModel(options);
      expect(workOf(model.config, SIZE).forward).toBe(await countFlops(model, SIZE, SIZE));
      model.dispose();
    }
  });
});

test('a row counts what its step cannot do without', () => {
  const work = { forward: 100, first: 7 };
  const counts = (['inference', 'grad-cam', 'train', 'constrained'] as const).map((row) =>
    rowFlops(row, work, 2),
  );
  expect(counts).toEqual([200, 200, 2 * (300 - 7), 2 * (600 - 7)]);
});
