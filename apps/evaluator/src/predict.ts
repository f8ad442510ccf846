import { createProgress } from '@pcam/cli';
import type { Model } from '@pcam/models';
import type { Dataset } from '@pcam/pcam-data';
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
  const progress = createProgress({ label: 'predicting', total: dataset.length, unit: 'patches' });
  try {
    const predictions = await predict(model, loader, {
      tta: options.tta ? 'dihedral' : 'none',
      onProgress: (done) => progress.update(done),
    });
    progress.end();
    return predictions;
  } finally {
    await loader.close();
  }
}
