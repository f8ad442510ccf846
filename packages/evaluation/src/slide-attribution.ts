import { GLASS } from '@pcam/pcam-data';
import {
  type AttributionName,
  type AttributionUse,
  type AttributionValues,
  attributionBy,
  attributionOptions,
  type NamedAttribution,
} from '@pcam/xai';

/**
 * `attributionOptions` of `@pcam/xai` for patches of slides, where nothing is white: attributions that compare with a
 * baseline compare with glass.
 */
export function slideAttributionOptions(use: AttributionUse): ReturnType<typeof attributionOptions> {
  const options = attributionOptions(use);
  return { ...options, baseline: { ...options.baseline, default: GLASS } };
}

/** `attributionBy` of `@pcam/xai` for patches of slides: white is what they are compared with unless told otherwise. */
export function slideAttribution(
  name: AttributionName,
  values: Parameters<typeof attributionBy>[1] & AttributionValues = {},
): NamedAttribution {
  return attributionBy(name, { ...values, baseline: values.baseline ?? GLASS });
}
