import { createProgress } from '@pcam/cli';
import { imagesAt } from '@pcam/evaluation';
import type { Model } from '@pcam/models';
import {
  type ArtefactDataset,
  type ArtefactKind,
  type Dataset,
  readIntoMemory,
  withArtefact,
} from '@pcam/pcam-data';
import { gradCam } from '@pcam/xai';
import { tidy } from '@tensorflow/tfjs-core';
import { syntheticSplits } from './data.js';
import type { Maps } from './maps.js';
import { networkCells, trainNetwork } from './networks.js';
import type { ExperimentOptions } from './options.js';
import { openResults, type Results } from './results.js';
import { classificationScore } from './score.js';
import { setupName } from './settings.js';
import type { ShortcutResult } from './shortcut-result.js';

/** In training nine of ten positives have the artefact, and one of ten negatives. */
const OFTEN = 0.9;
const SELDOM = 0.1;

const KINDS: readonly ArtefactKind[] = ['penMark', 'blur'];

/** Trains on patches whose artefact goes with the label, and tests where it does not. */
export async function shortcutExperiment(
  options: ExperimentOptions,
  say: (line: string) => void,
): Promise<Results<ShortcutResult>> {
  const results = openResults<ShortcutResult>(options.out, 'shortcut');
  const plan = plansOf(options).filter(({ key }) => !results.get(key));
  if (plan.length === 0) return results;
  const splits = await syntheticSplits(options);
  const progress = createProgress({ label: 'networks', total: plan.length, unit: 'networks' });
  for (const [done, { key, kind, training, lambda, seed }] of plan.entries()) {
    const mark = (dataset: Dataset, shareOfPositives: number, shareOfNegatives: number): ArtefactDataset =>
      withArtefact(dataset, { kind, shareOfPositives, shareOfNegatives, seed });
    const setup = {
      train: await readIntoMemory(mark(splits.train, OFTEN, SELDOM)),
      valid: mark(splits.valid, OFTEN, SELDOM),
      epochs: options.epochs,
      seed,
      augment: 'light',
    } as const;
    const { model } = await trainNetwork(
      { training, lambda, setup, name: `${kind}, ${setupName(options)}` },
      options,
    );
    const shifted = mark(splits.test, SELDOM, OFTEN);
    const matched = mark(splits.test, 0.5, 0.5);
    results.add(key, {
      training,
      lambda,
      seed,
      artefact: kind,
      aurocShifted: (await classificationScore(model, shifted)).value,
      aurocMatched: (await classificationScore(model, matched)).value,
      ...(await artefactShare(model, matched)),
    });
    model.dispose();
    progress.update(done + 1, key);
  }
  progress.end(`${plan.length} networks`);
  say(`results: ${options.out}/shortcut.jsonl`);
  return results;
}

/** Of Grad-CAM, plain. */
async function artefactShare(
  model: Model,
  dataset: ArtefactDataset,
): Promise<Pick<ShortcutResult, 'artefactMass' | 'artefactArea'>> {
  const maps: Maps = (images) => gradCam(model, images);
  const sums = { on: 0, all: 0, area: 0, pixels: 0 };
  for (let index = 0; index < dataset.length; index++) {
    if (!dataset.artefacts[index]) continue;
    const image = await imagesAt(dataset, [index]);
    const map = tidy(() => maps(image));
    image.dispose();
    const mask = dataset.artefactMask(index);
    for (const [i, value] of (await map.data()).entries()) {
      sums.all += Math.max(0, value);
      sums.on += mask[i] ? Math.max(0, value) : 0;
      sums.area += mask[i]!;
    }
    sums.pixels += mask.length;
    map.dispose();
  }
  return { artefactMass: sums.all > 0 ? sums.on / sums.all : null, artefactArea: sums.area / sums.pixels };
}

function plansOf(options: ExperimentOptions) {
  const data = setupName(options);
  return KINDS.flatMap((kind) =>
    networkCells(options).map((cell) => ({
      ...cell,
      kind,
      key: `${kind}, ${cell.training}, lambda ${cell.lambda}, seed ${cell.seed}, ${data}`,
    })),
  );
}
