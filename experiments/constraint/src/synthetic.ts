import { createProgress } from '@pcam/cli';
import type { Model } from '@pcam/models';
import { type Splits, someNegatives, syntheticSplits } from './data.js';
import { INFERENCES, type Inference } from './maps.js';
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
import { CONSTRAINTS, classifier, knownTo, setupName, type Training } from './settings.js';
import { trainClassifier, trainUnet } from './train.js';

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
      const constraint = CONSTRAINTS[training];
      const known = constraint && { ...constraint, ...knownTo(training, options) };
      const { model, secondsPerEpoch } = await trainClassifier(
        setup,
        classifier(options.network),
        known,
        lambda,
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

/** One seed after another, so that a first look comes early. */
function cellsOf(options: ExperimentOptions): CellPlan[] {
  const told = { region: 'centre', positives: 'auto' } as const;
  // What a U-Net learns from masks, and an unconstrained classifier, does not depend on what labels are taken to tell.
  const names = {
    masks: setupName({ ...options, ...told, network: 'cnn-fine' }),
    none: setupName({ ...options, ...told }),
  };
  return options.seeds.flatMap((seed) =>
    (['masks', ...options.trainings] as const).flatMap((training) => {
      const lambdas = training === 'none' || training === 'masks' ? [0] : options.lambdas;
      return lambdas.map((lambda) => {
        const data = training === 'masks' || training === 'none' ? names[training] : setupName(options);
        return { key: `${training}, lambda ${lambda}, seed ${seed}, ${data}`, training, lambda, seed };
      });
    }),
  );
}
