import type { Tensor } from '@tensorflow/tfjs-core';
import type { AttributionPass } from '../pass/attribution-pass.js';

/**
 * What an option takes:
 * - `count`: a whole number from 1 on; `seed`: a whole number; `share`: a number from 0 to 1;
 * - `name`: of a layer; `choice`: one of `choices`;
 * - `image`: a number for all pixels, or an image; `images`: a batch to compare with.
 */
export type OptionKind = 'count' | 'seed' | 'share' | 'name' | 'choice' | 'image' | 'images';

/** One option of an attribution, in plain values: checks, flags and help are made from it. */
export interface AttributionOption<Value = unknown> {
  readonly kind: OptionKind;
  /** One sentence for people, without a full stop. */
  readonly description: string;
  /** None where the option must be given, or where the description says what holds without it. */
  readonly default?: Value;
  /** Where another default is wise in training, with the reason. */
  readonly inTraining?: { readonly default?: Value; readonly reason: string };
  /** Whether a map cannot be made without it, but in training, where the batch is there. */
  readonly required?: boolean;
  /** Of a `choice`. */
  readonly choices?: readonly string[];
}

/** Where a method stands: a paper and its equation. */
export interface Citation {
  /** Authors and year, e.g. `Selvaraju et al. 2017`. */
  readonly authors: string;
  /** arXiv's number or a DOI. */
  readonly source: string;
  /** Of the paper. */
  readonly equation: string;
}

/** All that is known of one attribution, but for the names of its eager function's common options. */
export interface AttributionDefinition<Name extends string = string, Options extends object = object> {
  /** Of the function, of the table's entry and of the commands' flag value. */
  readonly name: Name;
  /** For people, in the middle of a sentence. */
  readonly title: string;
  readonly citation: Citation;
  /** Whether the map is of a layer's places, or of the image's pixels. */
  readonly level: 'layer' | 'pixel';
  readonly options: { readonly [Key in keyof Options]-?: AttributionOption<Options[Key]> };
  /** Whether a loss on the map has a gradient, so that it can be constrained. */
  readonly differentiable: boolean;
  /** What others call it, e.g. `saliency`, for the hint where that is given. */
  readonly otherNames?: readonly string[];
  /** What others call its options, with what to do. */
  readonly hints?: Readonly<Record<string, string>>;
  /**
   * The attribution itself, raw, signed and differentiable: `[B, H, W, C]` for pixels; for a layer `[B, h, w]` on its
   * grid. No scale is taken here.
   *
   * @param options with defaults, those of training in a training step.
   */
  of(pass: AttributionPass, options: Options): Tensor;
}

/** The options of a definition, by its type. */
export type OptionsOf<Definition> =
  Definition extends AttributionDefinition<string, infer Options> ? Options : never;

/** A definition's options by name. */
export function optionsIn({ options }: AttributionDefinition): [string, AttributionOption][] {
  return Object.entries(options);
}
