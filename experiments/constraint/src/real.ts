import { createProgress } from '@pcam/cli';
import { readIntoMemory } from '@pcam/pcam-data';
import { openDataset, type Split } from '@pcam/pcam-data/node';
import { gradCam } from '@pcam/xai';
import { averaged, type Maps } from './maps.js';
import { networkCells, trainNetwork } from './networks.js';
import type { ExperimentOptions } from './options.js';
import { openResults, type Results } from './results.js';
import { classificationScore, type Scored, type SegmentationScores, segmentationScores } from './score.js';
import type { Training } from './settings.js';

/** What one network reached that was trained on real patches. */
export interface RealResult {
  readonly training: Training;
  readonly lambda: number;
  readonly seed: number;
  /** On the real test split. */
  readonly auroc: Scored;
  /** On the masked patches, of which it was told nothing. */
  readonly maskedAuroc: Scored;
  readonly gradCam: SegmentationScores;
  readonly gradCamAveraged: SegmentationScores;
}

/** Trains on real patches, and looks at the maps of real patches with masks from elsewhere. */
export async function realExperiment(
  options: ExperimentOptions,
  say: (line: string) => void,
): Promise<Results<RealResult>> {
  const { realData, maskedData, epochs } = options;
  if (!realData || !maskedData) {
    throw new Error('--part real needs --real-data and --masked-data: folders in the official layout.');
  }
  const results = openResults<RealResult>(options.out, 'real');
  const setupOf = `${epochs} epochs${options.network === 'cnn-fine' ? '' : `, ${options.network}`}`;
  const plan = networkCells(options)
    .map((cell) => ({
      ...cell,
      key: `${cell.training}, lambda ${cell.lambda}, seed ${cell.seed}, ${setupOf}`,
    }))
    .filter(({ key }) => !results.get(key));
  if (plan.length === 0) return results;
  const open = async (folder: string, split: Split) => readIntoMemory(await openDataset(folder, split));
  const [train, valid, test] = [
    await open(realData, 'train'),
    await open(realData, 'valid'),
    await open(realData, 'test'),
  ];
  const masked = await open(maskedData, 'test');
  const progress = createProgress({ label: 'networks', total: plan.length, unit: 'networks' });
  for (const [done, { key, training, lambda, seed }] of plan.entries()) {
    // Real patches have no meta file here: the centre is all that labels tell of.
    const { model } = await trainNetwork(
      {
        training,
        lambda,
        setup: { train, valid, epochs, seed, augment: 'standard' },
        name: `real, ${setupOf}`,
      },
      { ...options, region: 'centre' },
    );
    const maps: Maps = (images) => gradCam(model, images);
    results.add(key, {
      training,
      lambda,
      seed,
      auroc: await classificationScore(model, test),
      maskedAuroc: await classificationScore(model, masked),
      gradCam: await segmentationScores(maps, masked, valid),
      gradCamAveraged: await segmentationScores(averaged(maps), masked, valid),
    });
    model.dispose();
    progress.update(done + 1, key);
  }
  progress.end(`${plan.length} networks`);
  say(`results: ${options.out}/real.jsonl`);
  return results;
}
