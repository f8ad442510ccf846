/** What cannot be drawn; the message tells what is wrong, and where. */
export class FigureError extends Error {
  override readonly name = 'FigureError';
}

/** @throws FigureError where an array of a figure has another length than its shape needs. */
export function checkLength(what: string, values: ArrayLike<number>, shape: readonly number[]): void {
  const wanted = shape.reduce((product, size) => product * size, 1);
  if (values?.length === wanted) return;
  throw new FigureError(`${what} has ${values?.length} values; ${shape.join('×')} needs ${wanted}`);
}
