import { EvaluationError, flipConsistency, imagesAt, type SpotOffset, spotOffset } from '@pcam/evaluation';
import type { Dataset } from '@pcam/pcam-data';
import { gradCam } from '@pcam/xai';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { Network } from './maps.js';

/** Where a network's maps lie beside what they answer to, in pixels. */
export interface Alignment {
  readonly stride: number;
  /** Where its first cell is placed: `placed` is what the model says, `best` where flipped images' maps agree most. */
  readonly placed: Placement;
  readonly best: Placement;
  /** Where its receptive field is centred, were it to sample each stride's first pixel. */
  readonly first: Placement;
  /** Of spots of tumour pasted into healthy tissue, cells being where the model says; null where it finds none. */
  readonly spot: SpotOffset | null;
}

interface Placement {
  readonly origin: number;
  /** Of maps and those of flipped images, flipped back. */
  readonly correlation: number;
}

/** Images that are flipped, and kinds of tissue that spots are made from. */
const IMAGES = 64;

/**
 * Of Grad-CAM in one view, on the first patches of a split; null of a U-Net, and where maps are constant.
 *
 * @param dataset by its labels: a positive's centre shows tumour.
 */
export async function alignmentOf(network: Network, dataset: Dataset): Promise<Alignment | null> {
  if (network.kind === 'unet') return null;
  const { model } = network;
  const layer = model.layers.findLast(({ kind }) => kind === 'map');
  if (layer?.kind !== 'map' || layer.origin === undefined) return null;
  const { stride, origin } = layer;
  const [mixed, healthy, tumour] = await Promise.all([
    firstOf(dataset, () => true),
    firstOf(dataset, (label) => label === 0),
    firstOf(dataset, (label) => label === 1),
  ]);
  try {
    const cells = (images: Tensor4D) => gradCam(model, images, { resize: false });
    const consistency = await unlessConstant(flipConsistency(cells, mixed));
    if (!consistency) return null;
    const { curve, ...best } = consistency;
    const at = (wanted: number): Placement =>
      curve.reduce((a, b) => (Math.abs(b.origin - wanted) < Math.abs(a.origin - wanted) ? b : a));
    const spot = await unlessConstant(spotOffset((images) => gradCam(model, images), { healthy, tumour }));
    return {
      stride,
      placed: rounded({ ...at(origin), origin }),
      best: rounded(best),
      first: rounded({ ...at(0), origin: 0 }),
      spot: spot && rounded(spot),
    };
  } finally {
    for (const images of [mixed, healthy, tumour]) images.dispose();
  }
}

/** Null where maps are constant, or no spot raises them. */
async function unlessConstant<T>(measured: Promise<T>): Promise<T | null> {
  try {
    return await measured;
  } catch (error) {
    if (error instanceof EvaluationError && error.code === 'maps') return null;
    throw error;
  }
}

function firstOf(dataset: Dataset, wanted: (label: number) => boolean): Promise<Tensor4D> {
  const found = [...dataset.labels.keys()].filter((i) => wanted(dataset.labels[i]!));
  return imagesAt(dataset, found.slice(0, IMAGES));
}

/** To two decimals of a pixel, and three of a correlation. */
function rounded<T extends object>(values: T): T {
  const decimals = (key: string): number => (key === 'correlation' ? 1e3 : 1e2);
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      key,
      typeof value === 'number' ? Math.round(value * decimals(key)) / decimals(key) : value,
    ]),
  ) as T;
}
