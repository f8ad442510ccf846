import { flagName, optionFlags, optionValues, UsageError } from '@pcam/cli';
import { slideAttributionOptions } from '@pcam/evaluation';

import type { Model } from '@pcam/models';
import { type AttributionName, type AttributionValues, attributions, needsReferences } from '@pcam/xai';

const OPTIONS = slideAttributionOptions('map');

/** Flags of what attributions take: `--layer` and its like. */
export const attributionFlags: ReturnType<typeof optionFlags<typeof OPTIONS>> = optionFlags(OPTIONS);

const unlabelled: Record<string, unknown> = {};
for (const [key, option] of Object.entries(OPTIONS)) {
  const of = option.of.filter((name) => !needsReferences(name));
  if (of.length > 0) unlabelled[key] = { ...option, of };
}

/** Those of attributions that compare with no images: where nothing is labelled, there are none to compare with. */
export const unlabelledFlags: typeof attributionFlags = optionFlags(unlabelled as typeof OPTIONS);

/** Of a command's options, those of attributions that were given. */
export function attributionValues(options: object): AttributionValues {
  const values = optionValues(OPTIONS, options);
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** @throws UsageError for a flag that says nothing for this attribution. */
export function checkAttributionFlags(name: AttributionName, options: object): void {
  for (const key of Object.keys(attributionValues(options)) as (keyof typeof OPTIONS)[]) {
    if (Object.hasOwn(attributions[name].options, key)) continue;
    throw new UsageError(
      `--${flagName(key)} says nothing for --attribution ${name}; it is for ${OPTIONS[key].of.join(', ')}`,
    );
  }
}

/** @throws UsageError naming the layers that there are. */
export function checkLayer(layer: string | undefined, model: Model): void {
  const known = model.layers.map(({ name }) => name);
  if (layer === undefined || known.includes(layer)) return;
  throw new UsageError(`--layer ${layer}: the model has no such layer; it has ${known.join(', ')}`);
}
