import { mul, type Tensor, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';
import { definitionOf, type NamedAttribution } from '../attributions/by-name.js';
import { type Channels, combineChannels } from '../attributions/channels.js';
import { type LayerOptions, withDefaults } from '../attributions/options.js';
import { passOfStep } from '../pass/attribution-pass.js';
import type { Forward, RecordedPass } from '../pass/recorded-pass.js';
import { placeMaps } from '../placement.js';

export interface AttributionInput {
  readonly pass: RecordedPass;
  /** For attributions that look at other images than the pass's own. */
  readonly forward: Forward;
  readonly step: number;
}

/**
 * A differentiable attribution on the image's places: `[B, H, W]`, or `[B, H, W, C]` for each channel of one of pixels.
 *
 * Scaled so that its mean over places is of a logit's size: those of pixels are multiplied by H·W, those at a layer by
 * the cells of its grid. Under global average pooling, Grad-CAM times cells is the logit (without its bias) that each
 * place would have on its own.
 */
export function attributionOf(
  { name, ...given }: NamedAttribution,
  { pass, forward, step }: AttributionInput,
  channels: Channels | 'each' = 'sum',
): Tensor4D | Tensor3D {
  const definition = definitionOf('attributionConstraint', name);
  const look = passOfStep(pass, forward, step);
  const options = withDefaults(definition, given, 'training');
  const [, height, width] = pass.images.shape;
  if (definition.level === 'pixel') {
    const values = mul<Tensor4D>(definition.of(look, options), height * width);
    return channels === 'each' ? values : combineChannels(values, channels);
  }
  const { layer: wanted, placement } = options as LayerOptions;
  const layer = pass.layer(wanted);
  const map: Tensor = definition.of(look, { ...options, layer: layer.name });
  const scaled = mul<Tensor3D>(map, map.shape[1]! * map.shape[2]!);
  return placeMaps(scaled, [height, width], layer, placement);
}
