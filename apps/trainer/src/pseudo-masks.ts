import { gunzipSync, gzipSync } from 'node:zlib';
import { createProgress, UsageError } from '@pcam/cli';
import { pseudoMasked } from '@pcam/evaluation';
import type { Model } from '@pcam/models';
import { type Dataset, takeEvenly, withMasks } from '@pcam/pcam-data';
import { checkPatches } from '@pcam/training';
import { isRun, openRun, type Run } from '@pcam/training/node';
import { averagedMaps, gradCam } from '@pcam/xai';
import type { TrainingData } from './data.js';

/** Pixels of reflected image around a patch, at least: beyond it zeros take part in maps. */
const MARGIN = 16;

/** Validation patches whose labels settle the threshold. */
const MOST = 2048;

/** Attached to a run. */
const DRAWN = 'pseudo-masks.gz';

interface PseudoMaskSource {
  /** Run folder of a finished classifier, or what else draws. */
  readonly from: string;
  readonly data: Pick<TrainingData, 'train' | 'valid'>;
  readonly batchSize: number;
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * The training patches with masks that another run's best weights draw: Grad-CAM averaged over the symmetries of the
 * square, of patches continued by reflection, cut where it tells the labels of the validation split best.
 *
 * @throws UsageError where the run has no best weights, or its model does not take these patches.
 */
export async function drawPseudoMasks(source: PseudoMaskSource): Promise<Dataset> {
  const { model } = await runThatDraws(source.from).model('best');
  try {
    return await drawBy(model, source);
  } finally {
    model.dispose();
  }
}

/** As {@link drawPseudoMasks}, by a model that is at hand. */
export async function drawBy(model: Model, source: PseudoMaskSource): Promise<Dataset> {
  const { from, data, batchSize, say, signal } = source;
  const { train } = data;
  const valid = takeEvenly(data.valid, MOST);
  checkPatches(model, train);
  const total = train.length + valid.length;
  const progress = createProgress({ label: 'pseudo-masks', total, unit: 'patches' });
  const { dataset, threshold, tumourShare } = await pseudoMasked({
    train,
    valid,
    attribute: (images) =>
      averagedMaps((x) => gradCam(model, x), images, { margin: MARGIN, stride: model.stride }),
    batchSize,
    onProgress: (done) => progress.update(done),
    ...(signal && { signal }),
  });
  progress.end();
  const share = (100 * tumourShare).toFixed(1);
  say(
    `pseudo-masks: ${share} % of the training pixels, by Grad-CAM of ${from} cut at ${threshold.toPrecision(3)}`,
  );
  return dataset;
}

/** As {@link drawPseudoMasks}, once in a run: a resumed run goes on with the masks that it began with. */
export async function pseudoMasksOfRun(
  { attachments }: Pick<Run, 'attachments'>,
  source: PseudoMaskSource,
): Promise<Dataset> {
  const drawn = await attachments.read(DRAWN);
  if (drawn) return withMasks(source.data.train, gunzipSync(drawn));
  const dataset = await drawPseudoMasks(source);
  const { masks } = dataset as ReturnType<typeof withMasks>;
  await attachments.write(DRAWN, gzipSync(masks, { level: 4 }));
  return dataset;
}

/** Whether a run has its masks, so that where they come from is settled. */
export function hasPseudoMasks(dir: string): boolean {
  return isRun(dir) && openRun(dir).attachments.has(DRAWN);
}

/** The run whose best weights draw. @throws RunFolderError, UsageError where there are none. */
export function runThatDraws(from: string): Run {
  const run = openRun(from);
  if (run.weightsPath('best') === undefined) {
    throw new UsageError(`--pseudo-masks ${from}: the run has no best weights yet; let it validate once`);
  }
  return run;
}
