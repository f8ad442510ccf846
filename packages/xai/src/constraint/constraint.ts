import { describeValue } from '@pcam/options';
import {
  add,
  cast,
  div,
  expandDims,
  less,
  maximum,
  mul,
  pow,
  type Scalar,
  scalar,
  sigmoid,
  sub,
  sum,
  Tensor,
  type Tensor1D,
  type Tensor3D,
  type Variable,
} from '@tensorflow/tfjs-core';
import type { AttributionName, NamedAttribution } from '../attributions/by-name.js';
import type { Channels } from '../attributions/channels.js';
import { XaiError } from '../errors.js';
import type { Forward, RecordedPass } from '../pass/recorded-pass.js';
import { requireFunction, requireTensor } from '../require.js';
import { attributionOf } from './attribution.js';
import { checkNames, checkOptions } from './check-options.js';
import { type Penalty, penaltyOf, type Scale, scaled } from './penalty.js';
import { type Positives, type Region, type TargetMap, targetMap } from './region.js';
import { stopGradient } from './stop-gradient.js';
import { type Weight, weightRule } from './weight.js';

/** Of {@link attributionConstraint}. */
export interface AttributionConstraintOptions {
  /** By name, with options, or several with a weight each, whose penalties are added. Default `'gradCam'`. */
  readonly attribution?: AttributionName | NamedAttribution | readonly WeightedAttribution[];
  /** Default `'softplus'`. */
  readonly penalty?: Penalty;
  /** Of the hinge, in scaled attribution. Default 0. */
  readonly margin?: number;
  /** What attributions are multiplied by before the penalty. */
  readonly scale?: Scale;
  /** Of attributions of pixels: `'sum'` or `'mean'` over channels before the penalty, or a penalty for `'each'`. Default `'sum'`. */
  readonly channels?: Channels | 'each';
  /** Default `'centre'`. */
  readonly region?: Region;
  /** Default `'unknown'`. */
  readonly positives?: Positives;
  /**
   * Side in pixels of the square in the middle that labels speak of: 32 for PCam. Without a default, since only who
   * made the labels knows; needed where region is `'centre'` or `'tumorFree'`, or positives `'centre'`.
   */
  readonly centre?: number;
  /** Of the mean over lesions beside the mean over healthy places, where targets have both. Default 1. */
  readonly lesionWeight?: number;
  /**
   * γ of focal loss (Lin et al. 2017, arXiv 1708.02002, equation 4, its weight normalised and taken for a constant):
   * healthy places count in proportion to σ(s·a)^γ, so that those which still vote for tumour count most. Tissue that
   * negatives seldom show, such as stroma, then is not outvoted by what they show everywhere. Default 0: all count alike.
   */
  readonly focus?: number;
  /** λ: a number, with an onset, or by the ratio of gradient norms. Default 1. */
  readonly weight?: Weight;
}

/** One of several attributions that are constrained together, with its weight among them: 1 by default. */
export type WeightedAttribution = NamedAttribution & { readonly weight?: number };

/** What a training step hands over. `LossContext` of `@pcam/training` is one. */
export interface ConstraintInput {
  /** The step's own forward pass. */
  readonly pass: RecordedPass;
  /** The model as this step sees it, for attributions that look at other images. */
  readonly forward: Forward;
  /** `[B]`, 0 or 1. */
  readonly labels: Tensor1D;
  /** `[B, H, W]`, 0 or 1. */
  readonly masks?: Tensor3D;
  /** `[B, H, W]`, 0 or 1: the label of the patch that each pixel is of. */
  readonly pixelLabels?: Tensor3D;
  /** `[B]`, 0 where the whole patch is free of tumour. */
  readonly tumorPatch?: Tensor1D;
  /** From 1. */
  readonly step: number;
  /** Of the whole training: for a weight with `from`. */
  readonly steps?: number;
  /** For a weight by ratio. */
  readonly crossEntropy?: Scalar;
  readonly parameters?: Readonly<Record<string, Variable>>;
}

/** What a step adds to its loss, and what it logs. */
export interface ConstraintTerm {
  readonly name: 'constraint';
  /** λ · penalty: what to add to the loss. */
  readonly value: Scalar;
  readonly metrics: {
    /** Mean over healthy places, and over lesions where there are any, before λ. */
    readonly penalty: Scalar;
    readonly lambda: Scalar;
    /** Share of healthy places whose attribution is negative, as it should be. */
    readonly negativeShare: Scalar;
  };
}

/** A loss term; `fit` of `@pcam/training` takes it as it is. */
export interface AttributionConstraint {
  (input: ConstraintInput): ConstraintTerm;
  /** Whether the weight's `from` has it off until after this step. */
  readonly isOff: (place: { readonly step: number; readonly steps: number }) => boolean;
  /** The options, in plain values: a run is resumed with the same alone. */
  readonly config: Readonly<Record<string, unknown>>;
  /** What a checkpoint must keep for a resumed run to go on alike; empty but with a weight by ratio. */
  readonly state: {
    /** What to keep, as plain numbers. */
    save(): Promise<readonly number[]>;
    /** Goes on from there. @param saved by `save`. */
    restore(saved: readonly number[]): void;
  };
}

/**
 * The attribution constraint (Wargnier-Dauchelle et al., IEEE TMI 42(11), 2023, DOI 10.1109/TMI.2023.3282789): a
 * penalty on the attribution of places known to be healthy, differentiable in the model's weights, so that the
 * network learns to find its reasons for tumour elsewhere, and its maps come to segment the lesions.
 *
 * To be called inside the function given to `variableGrads` or `optimizer.minimize`, after `recordPass`. Models
 * with ops whose gradients tfjs gets wrong at second order need `enableHigherOrderGradients()` of @pcam/tfjs-gradients first.
 *
 * @throws XaiError in one line for options that are unknown or out of range, and where a batch lacks what the region needs.
 */
export function attributionConstraint(options: AttributionConstraintOptions = {}): AttributionConstraint {
  checkNames(options);
  const { penalty = 'softplus', margin = 0, scale = 1, channels = 'sum', region = 'centre' } = options;
  const { positives = 'unknown', centre, lesionWeight = 1, focus = 0 } = options;
  const attributions = listOf(options.attribution ?? 'gradCam');
  checkOptions(options, attributions);
  const rule = weightRule(options.weight ?? 1);

  const constraint = (input: ConstraintInput): ConstraintTerm => {
    const { pass, forward, labels, masks, pixelLabels, tumorPatch } = input;
    if (typeof pass?.gradient !== 'function') {
      throw new XaiError('option', `The pass is ${describeValue(pass)}; expected what recordPass returns.`);
    }
    requireFunction("The step's forward", forward, 'model.forward');
    requireTensor('The labels', labels, '[B]');
    if (labels.shape.join() !== String(pass.images.shape[0])) {
      throw new XaiError(
        'shape',
        `The labels are shaped [${labels.shape}]; expected [${pass.images.shape[0]}].`,
      );
    }
    const size = [pass.images.shape[1], pass.images.shape[2]] as const;
    const where = targetMap(region, positives, {
      size,
      labels,
      ...(centre !== undefined && { centre }),
      ...(masks && { masks }),
      ...(pixelLabels && { pixelLabels }),
      ...(tumorPatch && { tumorPatch }),
    });
    const healthy = { ...where, counts: mul(where.counts, sub(1, where.target)) };
    const lesion = { ...where, counts: mul(where.counts, where.target) };
    /** An attribution for each channel has a weight for each. */
    const focused = (map: Tensor, { target, counts }: TargetMap): TargetMap => {
      if (focus === 0) return { target, counts };
      const weights = stopGradient(pow(sigmoid(scaled(map, scale)), focus));
      return { target, counts: mul(map.rank === 4 ? expandDims(counts, -1) : counts, weights) };
    };
    const parts = attributions.map(({ weight, ...attribution }) => {
      const map = attributionOf(attribution as NamedAttribution, input, channels);
      const costs = (values: Tensor, target: Tensor) =>
        penaltyOf(penalty, scaled(values, scale), target, margin);
      return {
        weight: weight ?? 1,
        cost: add<Scalar>(
          meanWhereCounted(map, focused(map, healthy), costs),
          mul(meanWhereCounted(map, lesion, costs), lesionWeight),
        ),
        negative: meanWhereCounted(map, healthy, (values) => cast(less(values, 0), 'float32')),
      };
    });
    const total = parts.map(({ weight, cost }) => mul(cost, weight)).reduce(add<Tensor>) as Scalar;
    const { crossEntropy, parameters, step, steps } = input;
    const place = { step, ...(steps !== undefined && { steps }) };
    const off = rule.isOff(place);
    const lambda = off
      ? scalar(0)
      : rule.next({
          ...place,
          penalty: total,
          ...(crossEntropy && { crossEntropy }),
          ...(parameters && { parameters }),
        });
    const negativeShare = div(
      parts.map(({ negative }) => negative).reduce(add<Scalar>),
      parts.length,
    ) as Scalar;
    return {
      name: 'constraint',
      // While it is off the penalty is told, and no gradient is taken of it.
      value: off ? scalar(0) : mul(total, lambda),
      metrics: { penalty: total, lambda, negativeShare },
    };
  };
  return Object.assign(constraint, {
    isOff: rule.isOff,
    config: plain(options),
    state: { save: rule.save, restore: rule.restore },
  });
}

/** What JSON has no words for, in some. */
function plain(options: AttributionConstraintOptions): Readonly<Record<string, unknown>> {
  const text = JSON.stringify(options, (_, value: unknown) => {
    if (typeof value === 'function') return 'a function';
    return value instanceof Tensor ? `a tensor [${value.shape}]` : value;
  });
  return { name: 'attributionConstraint', ...(JSON.parse(text) as object) };
}

/** Over places, and channels where there are some; 0 where nothing counts. @param map `[B, H, W]` or `[B, H, W, C]`. */
function meanWhereCounted(
  map: Tensor,
  { target, counts }: TargetMap,
  of: (values: Tensor, target: Tensor) => Tensor,
): Scalar {
  const fit = (places: Tensor): Tensor => (places.rank < map.rank ? expandDims(places, -1) : places);
  const channels = counts.rank < map.rank ? map.shape[3]! : 1;
  const total = sum(mul(of(map, fit(target)), fit(counts)));
  return div(total, maximum(mul(sum(counts), channels), 1));
}

function listOf(
  attribution: NonNullable<AttributionConstraintOptions['attribution']>,
): readonly WeightedAttribution[] {
  if (typeof attribution === 'string') return [{ name: attribution }];
  return Array.isArray(attribution) ? attribution : [attribution as NamedAttribution];
}
