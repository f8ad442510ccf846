import { createTaskProgress } from '@pcam/cli';
import { imagesAt, type Maps, mapsOf, type PatchCalls, type ThresholdSource } from '@pcam/evaluation';
import type { Model } from '@pcam/models';
import { type Dataset, takeEvenly } from '@pcam/pcam-data';
import { needsReferences } from '@pcam/xai';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { type Gallery, makeGallery } from './gallery.js';
import { ruleOf } from './mask-threshold.js';
import type { EvaluateOptions } from './options.js';
import type { ComparedRun } from './run.js';
import { type Segmentation, segmentSplit } from './segmentation.js';
import { selectExamples } from './select-examples.js';

export interface ExplainInput {
  readonly options: EvaluateOptions;
  readonly dataset: Dataset;
  readonly source: ThresholdSource | undefined;
  readonly model: Model;
  readonly compared: ComparedRun | undefined;
  /** What the model said of the patches, `[n]` each; `index` holds places in the data set. */
  readonly calls: {
    readonly probabilities: ArrayLike<number>;
    readonly logits: ArrayLike<number>;
    readonly labels: ArrayLike<number>;
    readonly index: ArrayLike<number>;
    readonly threshold: number;
  };
  /** Of each patch in the order of the data set, where intervals draw whole groups. */
  readonly groups: readonly string[] | undefined;
  readonly write: (name: string, content: Uint8Array) => void;
}

export interface Explanation {
  readonly gallery: Gallery | undefined;
  readonly segmentation: Segmentation | undefined;
}

/** Patches that stand for all where maps compare with some. */
const REFERENCES = 16;
/** Patches in the picture of the segmentation. */
const SEGMENTED = 12;

/** Where the model sees its reasons: maps of some patches and, if asked for, masks of all. */
export async function explain(input: ExplainInput): Promise<Explanation> {
  const { options, dataset, source, model, compared, calls, write } = input;
  const { batchSize, resamples, seed, minimumArea } = options;
  const bootstrap = resamples > 0 && { resamples, seed, ...(input.groups && { groups: input.groups }) };
  const references =
    needsReferences(options.attribution) && source ? await readReferences(source.dataset) : undefined;
  const maps = mapsOf(model, { ...options, references });
  const progress = createTaskProgress();
  try {
    const segmentation =
      options.segment && source
        ? await segmentSplit({
            ...{ maps, dataset, source, batchSize, minimumArea, bootstrap, write },
            onProgress: (task, done, total) => progress.report({ task, done, total, unit: 'patches' }),
            rule: ruleOf(options.maskThreshold),
            calls: inOrderOfPatches(calls),
            compare: compared && { name: compared.name, ...gradCamMaps(compared.model, options) },
            shown: Math.min(options.maps, SEGMENTED),
          })
        : undefined;
    const { index, probabilities, labels, threshold } = calls;
    const examples = selectExamples(probabilities, labels, threshold, options.maps);
    const gallery =
      options.maps > 0
        ? await makeGallery({ ...maps, dataset, examples, index, batchSize, cut: segmentation?.cutMaps })
        : undefined;
    return { gallery, segmentation };
  } finally {
    references?.dispose();
  }
}

/** What the other run is measured by, whatever maps this one has. */
function gradCamMaps(model: Model, { mapAverage, mapMargin, smoothing }: EvaluateOptions): Maps {
  return mapsOf(model, { attribution: 'gradCam', mapAverage, mapMargin, smoothing });
}

/** By place in the data set. */
function inOrderOfPatches({ probabilities, logits, threshold, index }: ExplainInput['calls']): PatchCalls {
  const placed = { logits: new Float32Array(index.length), called: new Uint8Array(index.length) };
  for (let i = 0; i < index.length; i++) {
    placed.logits[index[i]!] = logits[i]!;
    placed.called[index[i]!] = probabilities[i]! >= threshold ? 1 : 0;
  }
  return placed;
}

function readReferences(dataset: Dataset): Promise<Tensor4D> {
  const few = takeEvenly(dataset, REFERENCES);
  return imagesAt(few, [...few.labels.keys()]);
}
