import type { Model, SegmentationModel } from '@pcam/models';
import { type Attribution, averagedMaps, gradCam } from '@pcam/xai';

/** A classifier, or the U-Net that stands for the ceiling. */
export type Network = { readonly kind: 'classifier'; readonly model: Model } | UnetNetwork;
interface UnetNetwork {
  readonly kind: 'unet';
  readonly model: SegmentationModel;
}

/** Pixels of reflected image around a patch. */
const MARGIN = 16;

/** How maps are made: in one view, and averaged over the square's symmetries of images continued by reflection. */
export const VIEWS = ['plain', 'averaged'] as const;
export type View = (typeof VIEWS)[number];

/** Grad-CAM of a classifier; of a U-Net its own output. */
export function mapsOf(network: Network, view: View): Attribution {
  const plain: Attribution =
    network.kind === 'unet'
      ? (images) => network.model.forward(images)
      : (images) => gradCam(network.model, images);
  if (view === 'plain') return plain;
  return (images) => averagedMaps(plain, images, { margin: MARGIN, stride: network.model.stride });
}
