import { createProgress } from '@pcam/cli';
import { mappedBatches } from '@pcam/evaluation';
import {
  type ArtefactDataset,
  type ArtefactKind,
  type Dataset,
  readIntoMemory,
  subset,
  withArtefact,
} from '@pcam/pcam-data';
import type { Data } from './data.js';
import { mapsOf, type Network } from './maps.js';
import { type Cell, cellsOf, keyOf, type NetworkOptions, networkOf } from './networks.js';
import { openResults, type Results } from './results.js';
import { classificationScore } from './score.js';

/** In training nine of ten positives have the artefact, and one of ten negatives. */
const OFTEN = 0.9;
const SELDOM = 0.1;

const KINDS: readonly ArtefactKind[] = ['penMark', 'blur'];

/** What one network reached whose training patches had an artefact that went with the label. */
export interface ShortcutResult extends Cell {
  readonly data: string;
  readonly epochs: number;
  readonly artefact: ArtefactKind;
  /** On patches where the artefact goes with the other label. */
  readonly aurocShifted: number;
  /** On patches where it goes with neither. */
  readonly aurocMatched: number;
  /** Share of the positive attribution that lies on the artefact, over test patches that have it; null where there is none. */
  readonly artefactMass: number | null;
  /** Share of those patches' pixels that the artefact covers. */
  readonly artefactArea: number;
}

/** Trains on patches whose artefact goes with the label, and tests where it does not. */
export async function shortcutExperiment(
  data: Data,
  options: NetworkOptions & { readonly settings: readonly string[]; readonly seeds: readonly number[] },
  say: (line: string) => void,
): Promise<Results<ShortcutResult>> {
  const { out, epochs } = options;
  const results = openResults<ShortcutResult>(out, 'shortcut');
  const plan = KINDS.flatMap((artefact) =>
    cellsOf(options).map((cell) => {
      const name = `${data.name} with ${artefact}`;
      return { artefact, cell, name, key: `${artefact}, ${keyOf(cell, data.name, epochs)}` };
    }),
  ).filter(({ key }) => !results.get(key));
  if (plan.length === 0) return results;
  const progress = createProgress({ label: 'networks', total: plan.length, unit: 'networks' });
  for (const [done, { artefact, cell, name, key }] of plan.entries()) {
    const mark = (dataset: Dataset, shareOfPositives: number, shareOfNegatives: number): ArtefactDataset =>
      withArtefact(dataset, { kind: artefact, shareOfPositives, shareOfNegatives, seed: cell.seed });
    const train = await readIntoMemory(mark(data.train, OFTEN, SELDOM));
    const valid = mark(data.valid, OFTEN, SELDOM);
    const network = await networkOf(cell, { name, train, valid, test: data.test, masked: [] }, options);
    if (network.kind === 'unet') throw new Error('a U-Net has no label to find a shortcut to');
    const matched = mark(data.test, 0.5, 0.5);
    results.add(key, {
      ...cell,
      data: data.name,
      epochs,
      artefact,
      aurocShifted: (await classificationScore(network.model, mark(data.test, SELDOM, OFTEN))).value,
      aurocMatched: (await classificationScore(network.model, matched)).value,
      ...(await artefactShare(network, matched)),
    });
    network.model.dispose();
    progress.update(done + 1, key);
  }
  progress.end(`${plan.length} networks`);
  say(`results: ${out}/shortcut.jsonl`);
  return results;
}

/** Of maps in one view. */
async function artefactShare(
  network: Network,
  dataset: ArtefactDataset,
): Promise<Pick<ShortcutResult, 'artefactMass' | 'artefactArea'>> {
  const sums = { on: 0, all: 0, area: 0, pixels: 0 };
  const marked = Int32Array.from(dataset.labels.keys()).filter((i) => dataset.artefacts[i]);
  for await (const { values, index } of mappedBatches(subset(dataset, marked), mapsOf(network, 'plain'))) {
    for (const [k, place] of index.entries()) {
      const mask = dataset.artefactMask(marked[place]!);
      for (const [i, covered] of mask.entries()) {
        const value = Math.max(0, values[k * mask.length + i]!);
        sums.all += value;
        sums.on += covered ? value : 0;
        sums.area += covered;
      }
      sums.pixels += mask.length;
    }
  }
  return { artefactMass: sums.all > 0 ? sums.on / sums.all : null, artefactArea: sums.area / sums.pixels };
}
