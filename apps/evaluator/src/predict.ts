import { createProgress } from '@pcam/cli';
import type { Model } from '@pcam/models';
import type { Dataset, Loader } from '@pcam/pcam-data';
import { createWorkerLoader } from '@pcam/pcam-data/node';
import { type Predictions, predict } from '@pcam/training';
import type { EvaluateOptions } from './options.js';

/** Logits of every patch, in order, with progress on stderr. */
export async function predictAll(
  model: Model,
  dataset: Dataset,
  options: EvaluateOptions,
): Promise<Predictions> {
  const loader = await createWorkerLoader(dataset, { batchSize: options.batchSize });
  try {
    return await predictLoader(model, loader, { tta: options.tta, unit: 'patches' });
  } finally {
    await loader.close();
  }
}

/** @param options `unit`: what is predicted, for the progress. */
export async function predictLoader(
  model: Model,
  loader: Loader,
  { tta, unit }: { readonly tta: boolean; readonly unit: string },
): Promise<Predictions> {
  const progress = createProgress({ label: 'predicting', total: loader.dataset.length, unit });
  // From here on, what a first batch takes counts: the speed fits the time told beside it.
  progress.update(0);
  const predictions = await predict(model, loader, {
    tta: tta ? 'dihedral' : 'none',
    onProgress: (done) => progress.update(done),
  });
  progress.end();
  return predictions;
}
