import { join } from 'node:path';
import { chooseThresholds, imagesAt } from '@pcam/evaluation';
import { contactSheet } from '@pcam/figures';
import { replaceFile } from '@pcam/files';
import type { Dataset } from '@pcam/pcam-data';
import { gradCam, segment } from '@pcam/xai';
import { tidy } from '@tensorflow/tfjs-core';
import { syntheticSplits } from './data.js';
import { averaged, type Maps } from './maps.js';
import { trainNetwork } from './networks.js';
import type { ExperimentOptions } from './options.js';
import { CUTS } from './score.js';
import { type Training, unconstrainedSetup } from './settings.js';

/** Rows of the sheet, and patches that they are chosen from. */
const SHOWN = 8;
const CANDIDATES = 64;

/**
 * Maps of one plain and one constrained network (to pseudo-masks, if asked for; else Grad-CAM; the first λ and seed)
 * on the same test patches.
 */
export async function writePictures(options: ExperimentOptions, say: (line: string) => void): Promise<void> {
  const { train, valid, test } = await syntheticSplits(options);
  const setup = { train, valid, epochs: options.epochs, seed: options.seeds[0]!, augment: 'light' } as const;
  const constrained = options.trainings.includes('pseudoMasks') ? 'pseudoMasks' : 'gradCam';
  const plans = { unconstrained: 'none', constrained } as const;
  const values: Record<keyof typeof plans, Float32Array> = {} as never;
  let cut = new Uint8Array();
  const shown = Array.from({ length: CANDIDATES }, (_, i) => i);
  const images = await imagesAt(test, shown);
  for (const [name, training] of Object.entries(plans) as [keyof typeof plans, Training][]) {
    say(`training the ${name} network`);
    const { model } = await trainNetwork(
      { training, lambda: options.lambdas[0]!, setup, name: unconstrainedSetup(options) },
      options,
    );
    const maps: Maps = averaged((batch) => gradCam(model, batch));
    const tensor = tidy(() => maps(images));
    values[name] = (await tensor.data()) as Float32Array;
    if (name === 'constrained') {
      const { labels: threshold } = await chooseThresholds(valid, maps, { labels: CUTS.labels });
      cut = new Uint8Array(await segment(tensor, { threshold }));
    }
    tensor.dispose();
    model.dispose();
  }
  images.dispose();
  const { height, width } = test;
  const { images: bytes, masks } = await test.read(shown);
  const part = <T extends Uint8Array | Float32Array>(all: T, i: number, channels = 1): T =>
    all.subarray(i * height * width * channels, (i + 1) * height * width * channels) as T;
  const patches = chosen(test, masks!).map((i) => ({
    image: part(bytes, i, 3),
    mask: part(masks!, i),
    unconstrained: part(values.unconstrained, i),
    constrained: part(values.constrained, i),
    predicted: part(cut, i),
  }));
  const path = join(options.out, 'maps.png');
  replaceFile(path, await contactSheet({ patches, height, width }));
  say(`wrote ${path}`);
}

/** The first patches that are partly tumour, then the first negatives, with and without tumour beside the centre. */
function chosen({ labels, height, width }: Dataset, masks: Uint8Array): number[] {
  const share = (i: number): number =>
    masks.subarray(i * height * width, (i + 1) * height * width).reduce((sum, v) => sum + v, 0) /
    (height * width);
  const all = Array.from({ length: CANDIDATES }, (_, i) => i);
  const partly = all.filter((i) => labels[i] === 1 && share(i) < 0.7);
  const ring = all.filter((i) => labels[i] === 0 && share(i) > 0.02);
  const free = all.filter((i) => labels[i] === 0 && share(i) === 0);
  return [...partly.slice(0, SHOWN - 3), ...ring.slice(0, 2), ...free.slice(0, 1)];
}
