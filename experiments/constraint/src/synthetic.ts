import { createProgress } from '@pcam/cli';
import type { Model } from '@pcam/models';
import { type Splits, someNegatives, syntheticSplits } from './data.js';
import { INFERENCES, type Inference } from './maps.js';
import { networkCells, trainNetwork } from './networks.js';
import type { ExperimentOptions } from './options.js';
import { openResults, type Results } from './results.js';
import {
  classificationScore,
  type MapScores,
  mapScores,
  type Scored,
  type SegmentationScores,
  segmentationScores,
} from './score.js';
import { setupName, type Training, unconstrainedSetup } from './settings.js';
import { trainUnet } from './train.js';

/** What one network reached. */
export interface CellResult {
  readonly training: Training | 'masks';
  readonly lambda: number;
  readonly seed: number;
  readonly secondsPerEpoch: number;
  /** Of the label; a U-Net has none. */
  readonly auroc: Scored | null;
  readonly maps: Readonly<Partial<Record<Inference | 'unet', MapScores & Partial<SegmentationScores>>>>;
}

/** Trains and measures every network that has no result yet. */
export async function syntheticExperiment(
  options: ExperimentOptions,
  say: (line: string) => void,
): Promise<Results<CellResult>> {
  const results = openResults<CellResult>(options.out, 'synthetic');
  const cells = cellsOf(options).filter(({ key }) => !results.get(key));
  if (cells.length === 0) return results;
  const splits = await syntheticSplits(options);
  const { train, valid, test } = splits;
  const progress = createProgress({ label: 'networks', total: cells.length, unit: 'networks' });
  for (const [done, { key, training, lambda, seed }] of cells.entries()) {
    const setup = { train, valid, epochs: options.epochs, seed, augment: 'light' } as const;
    if (training === 'masks') {
      const { model, secondsPerEpoch } = await trainUnet(setup);
      const unet = await segmentationScores((images) => model.forward(images), test, valid);
      results.add(key, { training, lambda, seed, secondsPerEpoch, auroc: null, maps: { unet } });
      model.dispose();
    } else {
      const { model, secondsPerEpoch } = await trainNetwork(
        { training, lambda, setup, name: unconstrainedSetup(options) },
        options,
      );
      const auroc = await classificationScore(model, test);
      const maps = await allMaps(model, splits);
      results.add(key, { training, lambda, seed, secondsPerEpoch, auroc, maps });
      model.dispose();
    }
    progress.update(done + 1, key);
  }
  progress.end(`${cells.length} networks`);
  say(`results: ${options.out}/synthetic.jsonl`);
  return results;
}

async function allMaps(model: Model, { train, valid, test }: Splits): Promise<CellResult['maps']> {
  const references = await someNegatives(train);
  const maps: Partial<Record<Inference, MapScores & Partial<SegmentationScores>>> = {};
  for (const [name, make] of Object.entries(INFERENCES)) {
    const attribute = make(model, references);
    maps[name as Inference] =
      name === 'gradCamAveraged'
        ? await segmentationScores(attribute, test, valid)
        : await mapScores(attribute, test);
  }
  references.dispose();
  return maps;
}

interface CellPlan {
  readonly key: string;
  readonly training: Training | 'masks';
  readonly lambda: number;
  readonly seed: number;
}

/** Each seed's U-Net first: what all others are held against. */
function cellsOf(options: ExperimentOptions): CellPlan[] {
  const names = {
    masks: unconstrainedSetup({ ...options, network: 'cnn-fine' }),
    none: unconstrainedSetup(options),
  };
  const networks = networkCells(options);
  return options.seeds.flatMap((seed) =>
    [
      { training: 'masks', lambda: 0, seed } as const,
      ...networks.filter((network) => network.seed === seed),
    ].map(({ training, lambda }) => {
      const data = training === 'masks' || training === 'none' ? names[training] : setupName(options);
      return { key: `${training}, lambda ${lambda}, seed ${seed}, ${data}`, training, lambda, seed };
    }),
  );
}
