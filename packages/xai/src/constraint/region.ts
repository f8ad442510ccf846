import {
  cast,
  isNaN as isNaNOf,
  max,
  maximum,
  mul,
  ones,
  onesLike,
  reshape,
  sub,
  type Tensor,
  type Tensor1D,
  type Tensor3D,
  tensor3d,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { centreSquare, checkCentre } from '../centre.js';
import { XaiError } from '../errors.js';
import { requireTensor } from '../require.js';

/** What is known of a batch's patches. */
export interface RegionInput {
  /** Height and width of the patches. */
  readonly size: readonly [height: number, width: number];
  /** Side in pixels of the square in their middle that labels speak of: 32 for PCam. */
  readonly centre?: number;
  /** `[B]`, 0 or 1. */
  readonly labels: Tensor1D;
  /** `[B, H, W]`, 0 or 1. */
  readonly masks?: Tensor3D;
  /** `[B, H, W]`, 0 or 1: the label of the patch that each pixel is of, where patches are composed of several. */
  readonly pixelLabels?: Tensor3D;
  /** `[B]`: 0 where no pixel of the whole patch is tumour, PCam's `tumor_patch`. */
  readonly tumorPatch?: Tensor1D;
}

/** Where a constraint can hold, by name; {@link Region} tells what each takes for known. */
export const regionNames = ['centre', 'tumorFree', 'negatives', 'composed', 'masks'] as const;

/**
 * Where attributions are constrained, and to what. A label may speak of a square in the middle only (`centre`, as
 * PCam's does), so that a negative patch may hold tumour around it:
 * - `centre`: that square of negatives is healthy; the rest is unknown. What labels alone say.
 * - `tumorFree`: the whole patch where `tumorPatch` is 0, else as `centre`.
 * - `negatives`: all of a negative patch. The paper's assumption; false on PCam, for comparison.
 * - `composed`: every pixel by the label of the patch that it is of, lesions too (`pixelLabels`). Wrong for the healthy
 *   tissue of positive patches; but in a patch composed of two (`compose` of `@pcam/pcam-data`'s loaders) nothing but
 *   the tissue tells which side is which, and what is wrong is wrong in the same way all over.
 * - `masks`: every pixel by its mask, lesions too: supervised.
 * - a function: target maps `[B, H, W]` of 0 healthy, 1 lesion, NaN unknown.
 */
export type Region = (typeof regionNames)[number] | ((input: RegionInput) => Tensor3D);

/** What positive patches can say of lesions; {@link Positives} tells how. */
export const positivesNames = ['unknown', 'centre'] as const;

/**
 * What is taken for lesion where masks are not known:
 * - `unknown`: nothing, as the paper has it;
 * - `centre`: the square in the middle of positives. Noisy, since one tumour pixel in it makes a patch positive, but it
 *   is what the label says, and keeps maps from calling everything healthy.
 */
export type Positives = (typeof positivesNames)[number];

/** `[B, H, W]` both (or broadcast to it): the target, 0 or 1, and 1 where it counts. */
export interface TargetMap {
  readonly target: Tensor;
  readonly counts: Tensor;
}

/** @throws XaiError where the region needs what the batch does not have. */
export function targetMap(region: Region, positives: Positives, input: RegionInput): TargetMap {
  checkShapes(input);
  const known = healthyAndKnown(region, input);
  if (positives === 'unknown' || tellsLesions(region)) return known;
  const lesion = mul(eachPatch(input.labels), centreMap(input));
  return { target: maximum(known.target, lesion), counts: maximum(known.counts, lesion) };
}

function healthyAndKnown(region: Region, input: RegionInput): TargetMap {
  if (typeof region === 'function') return fromNaN(region(input), input);
  if (region === 'masks') {
    if (!input.masks)
      throw new XaiError(
        'data',
        "region 'masks' needs masks, and this batch has none: choose another region.",
      );
    return { target: input.masks, counts: onesLike(input.masks) };
  }
  if (region === 'composed') {
    if (!input.pixelLabels)
      throw new XaiError(
        'data',
        "region 'composed' needs pixelLabels, the label of the patch that each pixel is of, and this batch has none: load with compose: true, or choose another region.",
      );
    return { target: input.pixelLabels, counts: onesLike(input.pixelLabels) };
  }
  const healthy = eachPatch(sub(1, input.labels));
  const counts = (): Tensor => {
    if (region === 'negatives') return mul(healthy, ones([1, ...input.size]));
    const centre = mul(healthy, centreMap(input));
    if (region === 'centre') return centre;
    return maximum(centre, mul(eachPatch(sub(1, tumorPatchOf(input))), ones([1, ...input.size])));
  };
  const counted = counts();
  return { target: zerosLike(counted), counts: counted };
}

function tumorPatchOf({ tumorPatch, masks }: RegionInput): Tensor {
  if (tumorPatch) return tumorPatch;
  if (masks) return max(reshape(masks, [masks.shape[0], -1]), 1);
  throw new XaiError(
    'data',
    "region 'tumorFree' needs tumorPatch (PCam's meta file) or masks, and this batch has neither: choose region 'centre'.",
  );
}

function eachPatch(values: Tensor): Tensor {
  return reshape(values, [-1, 1, 1]);
}

/** 1 in the square that labels speak of (the whole of a smaller patch), `[1, H, W]`. */
function centreMap({ size, centre }: RegionInput): Tensor3D {
  checkCentre('attributionConstraint', centre);
  const [height, width] = size;
  const inside = centreSquare(size, centre);
  const values = Float32Array.from({ length: height * width }, (_, i) =>
    inside(Math.floor(i / width), i % width) ? 1 : 0,
  );
  return tensor3d(values, [1, height, width]);
}

function fromNaN(map: Tensor3D, { size, labels }: RegionInput): TargetMap {
  requireTensor("The region's target map", map, '[B, H, W]');
  const [batch, height, width] = map.shape;
  if (batch !== labels.shape[0] || height !== size[0] || width !== size[1]) {
    throw new XaiError(
      'shape',
      `The region's target map is shaped [${map.shape}]; expected [${[labels.shape[0], ...size]}].`,
    );
  }
  const unknown = isNaNOf(map);
  return { target: where(unknown, zerosLike(map), map), counts: sub(1, cast(unknown, 'float32')) };
}

/** tfjs would broadcast one mask to all patches without a word. */
function checkShapes({ size, labels, masks, pixelLabels, tumorPatch }: RegionInput): void {
  const batch = labels.shape[0];
  const expected = { masks: [batch, ...size], pixelLabels: [batch, ...size], tumorPatch: [batch] };
  for (const [name, given] of Object.entries({ masks, pixelLabels, tumorPatch })) {
    if (!given) continue;
    requireTensor(`The ${name}`, given, name === 'tumorPatch' ? '[B]' : '[B, H, W]');
    const shape = expected[name as keyof typeof expected];
    if (given.shape.join() === shape.join()) continue;
    throw new XaiError('shape', `The ${name} are shaped [${given.shape}]; expected [${shape}].`);
  }
}

/** Whether a region or what is known of positives asks for the square that labels speak of. */
export function needsCentre(region: Region, positives: Positives): boolean {
  if (tellsLesions(region)) return false;
  return region === 'centre' || region === 'tumorFree' || positives === 'centre';
}

/** Whether a region speaks of every pixel by itself, so that what labels say of the middle adds nothing. */
function tellsLesions(region: Region): boolean {
  return region === 'masks' || region === 'composed';
}
