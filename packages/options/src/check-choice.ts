import { describeValue } from './describe-value.js';
import { suggest } from './suggest.js';

/**
 * Refuses a value that is none of `choices`.
 *
 * @param where the option, with what takes it: `fit: monitor`.
 * @throws Error `fit: monitor must be one of auroc, loss, got 'aurok'; did you mean 'auroc'?`
 */
export function checkChoice<T extends string>(
  where: string,
  value: unknown,
  choices: readonly T[],
): asserts value is T {
  if (choices.includes(value as T)) return;
  const near = typeof value === 'string' ? suggest(value, choices) : undefined;
  const hint = near === undefined ? '' : `; did you mean '${near}'?`;
  throw new Error(`${where} must be one of ${choices.join(', ')}, got ${describeValue(value)}${hint}`);
}
