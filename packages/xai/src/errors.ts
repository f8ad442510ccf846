/**
 * What was wrong, for code:
 * - `option`: an option that is unknown, missing or out of range;
 * - `model`: what is no model that can be explained, or does not do in its forward pass what it should;
 * - `images`: what is no batch of float images `[B, H, W, C]`;
 * - `layer`: a layer that is not there, or of which places cannot be told;
 * - `target`: a target that is none of the model's, or that nothing leads back from;
 * - `shape`: tensors or lists that do not fit each other;
 * - `data`: maps, masks or labels from which what is asked for cannot be found;
 * - `not-finite`: maps that hold NaN or infinity;
 * - `no-gradient`: where tfjs has no gradient, or no tape to take it on.
 */
export type XaiErrorCode =
  | 'option'
  | 'model'
  | 'images'
  | 'layer'
  | 'target'
  | 'shape'
  | 'data'
  | 'not-finite'
  | 'no-gradient';

/** What all functions here throw: one line for people, and a `code`. */
export class XaiError extends Error {
  override readonly name = 'XaiError';
  constructor(
    readonly code: XaiErrorCode,
    message: string,
  ) {
    super(message);
  }
}
