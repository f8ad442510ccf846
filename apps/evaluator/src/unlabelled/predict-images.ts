import { basename, extname, join, resolve, sep } from 'node:path';
import { checkOptions, createTaskProgress, UsageError } from '@pcam/cli';
import { useEngine } from '@pcam/engine';
import { mapsOf } from '@pcam/evaluation';
import { sigmoid } from '@pcam/metrics';
import { createLoader, take } from '@pcam/pcam-data';
import { openUnlabelled, type UnlabelledDataset } from '@pcam/pcam-data/node';
import { checkPatches } from '@pcam/training';
import { toCsv } from '../formats.js';
import { attributionValues, checkAttributionFlags, checkLayer } from '../map-options.js';
import { openOutput } from '../output/folder.js';
import { predictLoader } from '../predict.js';
import { openTrainedRun, otherSize, type TrainedRun } from '../run.js';
import { mapPlan } from './map-plan.js';
import { type PredictImagesOptions, predictImagesOptions } from './options.js';
import { writeMaps } from './write-maps.js';

/** Characters of a file's name that its maps' names take over: names hold 255 bytes. */
const MOST = 50;

/** What the model says of one image. */
export interface ImagePrediction {
  /** Place among the images; of an array, its row. */
  readonly index: number;
  /** Relative to what was opened. */
  readonly file: string;
  readonly logit: number;
  /** Calibrated on the run's validation split: sigmoid(logit / temperature). */
  readonly probability: number;
  /** sigmoid(logit). */
  readonly uncalibrated_probability: number;
  /** 1 where the calibrated probability reaches the threshold. */
  readonly predicted: 0 | 1;
}

/** What the model says of all images. */
export interface ImagePredictions {
  readonly rows: readonly ImagePrediction[];
  /** The rows as `predictions.csv` has them. */
  readonly csv: string;
  /** The folder that was written, if any. */
  readonly out?: string;
  /** Calibrated probability from which an image is called tumour. */
  readonly threshold: number;
  /** Where that comes from, in words. */
  readonly thresholdSource: string;
}

/**
 * Predicts images without labels, and draws maps and masks of them where asked to, as `pcam-predict` does.
 *
 * @param options complete: `predictImagesOptions.parse({ … })` fills in defaults.
 * @param say receives one line at a time for people.
 * @throws as {@link evaluate}.
 */
export async function predictImages(
  options: PredictImagesOptions,
  say: (line: string) => void,
): Promise<ImagePredictions> {
  checkOptions('predictImages', options, predictImagesOptions);
  const { maps, masks, out, batchSize, run, images } = options;
  const drawn = maps || masks !== undefined;
  if (out !== undefined && /\.[ct]sv$/i.test(out))
    throw new UsageError(`--out ${out} would be a folder; for the table alone leave --out out: … > ${out}`);
  if (drawn && out === undefined)
    throw new UsageError('--maps and --masks need a folder to write; give --out');
  const { minimumArea, attribution, mapAverage, mapMargin, smoothing } = options;
  const own = Object.values(attributionValues(options))[0];
  if (!drawn && (attribution ?? own ?? mapAverage ?? mapMargin ?? smoothing) !== undefined)
    throw new UsageError('options of maps say nothing without --maps or --masks');
  if (masks === undefined && minimumArea !== undefined)
    throw new UsageError('--minimum-area says nothing without --masks');
  const plan = mapPlan(options);
  checkAttributionFlags(plan.attribution, plan);
  if (out !== undefined && resolve(out).startsWith(`${resolve(images)}${sep}`))
    throw new UsageError(
      `--out ${out} lies inside --images, so that its pictures would be read as images next time; choose another`,
    );
  const output =
    out === undefined
      ? undefined
      : openOutput(out, {
          command: 'pcam-predict',
          folders: ['maps', 'masks'],
          mayWrite: (name) =>
            name === 'predictions.csv' ||
            (maps && /^maps\/.*\.(png|npy)$/.test(name)) ||
            (masks !== undefined && /^masks\/.*\.png$/.test(name)),
          overwrite: options.overwrite,
          inputs: { run, images },
        });
  let opened: UnlabelledDataset | undefined;
  let trained: TrainedRun | undefined;
  try {
    const progress = createTaskProgress();
    opened = await openUnlabelled(images, {
      split: options.split,
      onProgress: progress.report,
      ...(options.skipBroken && { onBroken: ({ message }) => say(`left out: ${message}`) }),
    });
    const dataset: UnlabelledDataset = { ...take(opened, options.limit), files: opened.files };
    const engine = await useEngine(options.engine);
    trained = await openTrainedRun(options);
    if (plan.weights !== undefined && plan.weights !== trained.weights)
      throw new UsageError(
        `--masks ${masks}: that evaluation is of other weights than ${trained.checkpoint}; give the run it is of, or a number`,
      );
    const { model, threshold, temperature, thresholdSource } = trained;
    checkPatches(model, dataset);
    checkLayer(plan.layer, model);
    say(`engine: ${engine.engine} on ${engine.device}, ${engine.threads} thread(s); ${engine.why}`);
    say(`model: ${model.config.name} from ${trained.checkpoint}`);
    const note = otherSize(trained, dataset);
    if (note) say(note);
    const loader = createLoader(dataset, { batchSize });
    const { logits } = await predictLoader(model, loader, { tta: options.tta, unit: 'images' });
    const rows = Array.from(logits, (logit, index): ImagePrediction => {
      const probability = sigmoid(logit / temperature);
      const uncalibrated_probability = sigmoid(logit);
      const predicted = probability >= threshold ? 1 : 0;
      return { index, file: opened!.files[index]!, logit, probability, uncalibrated_probability, predicted };
    });
    const nameOf = namesOf(dataset);
    if (output && drawn) {
      const { attribute, method } = mapsOf(model, plan);
      say(`maps: ${method}`);
      if (plan.threshold !== undefined)
        say(`masks: cut at ${plan.threshold.toPrecision(3)}, ${plan.thresholdSource}`);
      const { minimumArea: area, threshold: cut } = plan;
      const range = await writeMaps({
        ...{ dataset, attribute, batchSize, maps, threshold: cut, minimumArea: area, nameOf },
        write: output.write,
      });
      if (range) {
        const [against, tumour] = range.map((value) => value.toPrecision(2));
        say(`colours of the maps: from ${against}, blue, against tumour, to ${tumour}, red, for it`);
      }
    }
    const column = (folder: string, extension: string) =>
      rows.map(({ index }) => `${folder}/${nameOf(index)}.${extension}`);
    const csv = toCsv({
      index: rows.map(({ index }) => index),
      file: rows.map(({ file }) => file),
      logit: rows.map(({ logit }) => logit.toPrecision(7)),
      probability: rows.map(({ probability }) => probability.toFixed(6)),
      uncalibrated_probability: rows.map((row) => row.uncalibrated_probability.toFixed(6)),
      predicted: rows.map(({ predicted }) => predicted),
      ...(maps && { map: column('maps', 'npy') }),
      ...(masks !== undefined && { mask: column('masks', 'png') }),
    });
    output?.write('predictions.csv', csv);
    const folder = output?.finish();
    return { rows, csv, threshold, thresholdSource, ...(folder !== undefined && { out: folder }) };
  } finally {
    trained?.model.dispose();
    output?.discard();
    await opened?.close();
  }
}

/** Places tell files of one name apart; names, cut where they are long, tell people which is which. */
export function namesOf({
  files,
  length,
}: Pick<UnlabelledDataset, 'files' | 'length'>): (place: number) => string {
  const arrays = new Set(files).size < length;
  return (place) => {
    if (arrays || length === 0) return String(place);
    const name = basename(files[place]!, extname(files[place]!)).replace(/\p{Cc}/gu, '_');
    return `${place}-${[...name].slice(0, MOST).join('')}`;
  };
}

export function tablePath(out: string): string {
  return join(out, 'predictions.csv');
}
