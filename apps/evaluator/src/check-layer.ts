import { UsageError } from '@pcam/cli';
import type { Model } from '@pcam/models';

/** @throws UsageError naming the layers that there are. */
export function checkLayer(layer: string | undefined, model: Model): void {
  const known = model.layers.map(({ name }) => name);
  if (layer === undefined || known.includes(layer)) return;
  throw new UsageError(`--layer ${layer}: the model has no such layer; it has ${known.join(', ')}`);
}
