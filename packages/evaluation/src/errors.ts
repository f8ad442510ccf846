import { checkKeys, type KnownKeys, rethrow } from '@pcam/options';

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

/** @throws EvaluationError `option`, with a suggestion, for options that nobody reads. */
export function checkOptions<T extends object>(where: string, given: T, known: KnownKeys<T>): void {
  rethrow(
    () => checkKeys<T>(where, given, known),
    (message) => new EvaluationError('option', message),
  );
}
