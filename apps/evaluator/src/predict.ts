import { createProgress, UsageError } from '@pcam/cli';
import type { Model } from '@pcam/models';
import { type Dataset, subset } from '@pcam/pcam-data';
import { createWorkerLoader } from '@pcam/pcam-data/node';
import { type Predictions, predict } from '@pcam/training';
import type { EvaluateOptions } from './options.js';

export function firstOf(dataset: Dataset, limit: number): Dataset {
  if (limit === 0 || limit >= dataset.length) return dataset;
  return subset(
    dataset,
    Int32Array.from({ length: limit }, (_, i) => i),
  );
}

/** @throws UsageError where the patches cannot go through the model. */
export function checkFit(model: Model, { name, height, width }: Dataset): void {
  if (height % model.stride === 0 && width % model.stride === 0 && Math.min(height, width) >= 32) return;
  throw new UsageError(
    `${name} has patches of ${height}×${width}; ${model.config.name} takes multiples of ${model.stride} from 32 on`,
  );
}

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
