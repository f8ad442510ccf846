import { nameOf } from './inputs.js';
import { rows } from './rows.js';
import { errors, firstOrder, TOLERANCE } from './second-order.js';

export interface Before {
  /** The gradient's numbers, or undefined where it throws. */
  readonly numbers?: readonly number[];
  readonly wrong: boolean;
}

/** Every row's first-order gradient, by the row's name. */
export function firstOrderOfAll(): Map<string, Before> {
  const found = rows.map((row): [string, Before] => {
    const { op, inputs } = row;
    try {
      const numbers = firstOrder(op, inputs);
      return [nameOf(row), { numbers, wrong: !(errors(op, inputs, { only: 'first' }).first < TOLERANCE) }];
    } catch {
      return [nameOf(row), { wrong: false }];
    }
  });
  return new Map(found);
}

/** The rows with a right gradient that is not the same any more, bit for bit. */
export function changed(before: Map<string, Before>): string[] {
  return rows
    .filter((row) => {
      const { numbers, wrong } = before.get(nameOf(row))!;
      if (!numbers || wrong) return false;
      const now = firstOrder(row.op, row.inputs);
      return !numbers.every((value, i) => Object.is(value, now[i]));
    })
    .map(nameOf);
}
