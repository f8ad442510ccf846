import { XaiError } from '../errors.js';
/**
 * Refuses what is no flat list of numbers: a tensor, a promise, an ImageData, rows in rows.
 *
 * @param what e.g. `overlay: the map`.
 */
export function checkValues(what: string, values: unknown): asserts values is ArrayLike<number> {
  if (Array.isArray(values) || (ArrayBuffer.isView(values) && !(values instanceof DataView))) {
    const first = (values as ArrayLike<unknown>)[0];
    if (first === undefined || typeof first === 'number') return;
    throw new XaiError(
      'shape',
      `${what} is an array of ${kind(first)}; give flat numbers in row order, ${ADVICE}.`,
    );
  }
  throw new XaiError('shape', `${what} is ${kind(values)}; give its numbers, ${ADVICE}.`);
}

const ADVICE = 'such as `await tensor.data()` or `imageData.data`';

function kind(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return 'arrays';
  if ('dataSync' in value) return 'a tensor';
  if ('then' in value) return 'a promise (await it)';
  return `${value.constructor?.name ?? 'an object'}`;
}
