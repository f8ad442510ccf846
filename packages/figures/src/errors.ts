import { checkKeys, type KnownKeys, rethrow } from '@pcam/options';

/** What cannot be drawn; the message tells what is wrong, and where. */
export class FigureError extends Error {
  override readonly name = 'FigureError';
}

/** @throws FigureError where an array of a figure has another length than its shape needs. */
export function checkLength(
  what: string,
  values: ArrayLike<number> | undefined,
  shape: readonly number[],
): void {
  const wanted = shape.reduce((product, size) => product * size, 1);
  if (values?.length === wanted) return;
  throw new FigureError(`${what} has ${values?.length ?? 'no'} values; ${shape.join('×')} needs ${wanted}`);
}

/** @throws FigureError for what is no whole number from 1 on. */
export function checkCount(what: string, value: number): void {
  if (Number.isInteger(value) && value >= 1) return;
  throw new FigureError(`${what} is ${value}; expected a whole number of at least 1`);
}

/** @throws FigureError, with a suggestion, for options that nobody reads. */
export function checkOptions<T extends object>(where: string, given: T, known: KnownKeys<T>): void {
  rethrow(
    () => checkKeys<T>(where, given, known),
    (message) => new FigureError(message),
  );
}
