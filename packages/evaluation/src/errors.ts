/** `maps`: what an attribution gave is none; `threshold`: no cut can be chosen; `size`, `option`: what was given. */
export type EvaluationErrorCode = 'maps' | 'threshold' | 'size' | 'option';

/** What cannot be evaluated; `code` tells why. */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError';
  constructor(
    readonly code: EvaluationErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
