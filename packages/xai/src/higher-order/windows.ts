import {
  add,
  cast,
  customGrad,
  equal,
  maximum,
  mul,
  onesLike,
  pad,
  scalar,
  slice,
  stack,
  sub,
  type Tensor,
  unstack,
  zeros,
} from '@tensorflow/tfjs-core';
import { every, spread } from './spread.js';

/** How windows lie along one spatial axis. */
export interface Axis {
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
  /** Places before the image that the first window covers. */
  readonly before: number;
  /** Windows along the axis. */
  readonly count: number;
}

/** Windows over `[B, …spatial, C]`, one entry for each spatial axis. */
export type Windows = readonly Axis[];

interface Laid {
  /** The image's length with its border, so that all windows lie inside. */
  readonly whole: number;
  readonly after: number;
}

function laid({ size, stride, dilation, before, count }: Axis, length: number): Laid {
  const covered = (count - 1) * stride + (size - 1) * dilation + 1;
  const whole = Math.max(covered, before + length);
  return { whole, after: whole - before - length };
}

/** The offsets of a window's places, in row order. */
function offsets(windows: Windows): number[][] {
  return windows.reduce<number[][]>(
    (before, { size, dilation }) =>
      before.flatMap((offset) => Array.from({ length: size }, (_, i) => [...offset, i * dilation])),
    [[]],
  );
}

/** What each place of the windows sees, each `[B, …counts, C]`; `border` outside the image. */
export function places(x: Tensor, windows: Windows, border: number): Tensor[] {
  const spatial = windows.map((axis, i): [number, number] => [
    axis.before,
    laid(axis, x.shape[i + 1]!).after,
  ]);
  const bordered = pad(x, [[0, 0], ...spatial, [0, 0]], border);
  const strides = [1, ...windows.map(({ stride }) => stride), 1];
  const counts = [x.shape[0]!, ...windows.map(({ count }) => count), x.shape.at(-1)!];
  return offsets(windows).map((offset) => every(bordered, [0, ...offset, 0], strides, counts));
}

/** The sum of what each place of the windows sends back to an image of this shape: the reverse of `places`. */
export function sendBack(sent: readonly Tensor[], windows: Windows, shape: readonly number[]): Tensor {
  const whole = windows.map((axis, i) => laid(axis, shape[i + 1]!).whole);
  const all = offsets(windows).map((offset, place) =>
    windows.reduce(
      (values, { stride }, i) => spread(values, i + 1, { begin: offset[i]!, stride, length: whole[i]! }),
      sent[place]!,
    ),
  );
  const begins = [0, ...windows.map(({ before }) => before), 0];
  return slice(
    all.reduce((sum, one) => add(sum, one)),
    begins,
    [...shape] as [number],
  );
}

/**
 * For each place of the windows, 1 where it holds the window's greatest value, the first of equals in row order,
 * else 0. Constant almost everywhere, and so for the tape.
 * @param added by place and channel, `[places, C]`, to be added before values are compared.
 */
export function winners(x: Tensor, windows: Windows, added: Tensor = scalar(0)): Tensor[] {
  const op = customGrad((...args) => {
    const [x, added] = args as [Tensor, Tensor];
    const seen = places(x, windows, Number.NEGATIVE_INFINITY);
    const terms = added.rank > 0 ? unstack(added) : seen.map(() => added);
    const values = seen.map((value, place) => add(value, terms[place]!));
    return { value: stack(masks(values)), gradFunc: () => [zeros(x.shape), zeros(added.shape)] };
  });
  return unstack(op(x, added));
}

function masks(values: readonly Tensor[]): Tensor[] {
  const highest = values.reduce((a, b) => maximum(a, b));
  let open = onesLike(highest);
  return values.map((value) => {
    const wins = mul(cast(equal(value, highest), 'float32'), open);
    open = sub(open, wins);
    return wins;
  });
}
