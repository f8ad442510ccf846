import {
  add,
  cast,
  concat,
  customGrad,
  equal,
  maximum,
  mul,
  onesLike,
  pad,
  reshape,
  scalar,
  slice,
  stack,
  sub,
  type Tensor,
  unstack,
  util,
  zeros,
} from '@tensorflow/tfjs-core';

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
  /** The image's length in strides, with its border, so that all windows lie inside. */
  readonly strides: number;
  /** Places after the image that belong to it. */
  readonly after: number;
}

function laid({ size, stride, dilation, before, count }: Axis, length: number): Laid {
  const covered = (count - 1) * stride + (size - 1) * dilation + 1;
  const strides = Math.ceil(Math.max(covered, before + length) / stride);
  return { strides, after: strides * stride - before - length };
}

/*
 * Cut apart by place modulo stride, what one place of all windows sees is a block of one part. Blocks are cut out
 * and put back by ops that every engine has and whose gradients tfjs has.
 */

interface Place {
  /** Which part its block lies in, counted with the last axis running fastest. */
  readonly part: number;
  /** Where the block begins there, by axis. */
  readonly begins: readonly number[];
}

/** The places of a window, in row order. */
function placesOf(windows: Windows): Place[] {
  return windows.reduce<Place[]>(
    (outer, { size, stride, dilation }) =>
      outer.flatMap(({ part, begins }) =>
        Array.from({ length: size }, (_, i) => ({
          part: part * stride + ((i * dilation) % stride),
          begins: [...begins, Math.floor((i * dilation) / stride)],
        })),
      ),
    [{ part: 0, begins: [] }],
  );
}

/** The parts of x that hold every stride-th place along one axis, from 0, 1, … on. */
function apart(x: Tensor, axis: number, stride: number): Tensor[] {
  if (stride === 1) return [x];
  const [outer, count] = [x.shape.slice(0, axis), x.shape[axis]! / stride];
  const inner = util.sizeFromShape(x.shape.slice(axis + 1));
  const rows = util.sizeFromShape(outer) * count;
  const wide = reshape(x, [rows, stride * inner]);
  const shape = [...outer, count, ...x.shape.slice(axis + 1)];
  return Array.from({ length: stride }, (_, i) => reshape(slice(wide, [0, i * inner], [rows, inner]), shape));
}

/** The reverse of `apart`. */
function together(parts: readonly Tensor[], axis: number): Tensor {
  const shape = parts[0]!.shape;
  if (parts.length === 1) return parts[0]!;
  const inner = util.sizeFromShape(shape.slice(axis + 1));
  const wide = concat(
    parts.map((part) => reshape(part, [-1, inner])),
    1,
  );
  return reshape(wide, [...shape.slice(0, axis), shape[axis]! * parts.length, ...shape.slice(axis + 1)]);
}

/** What each place of the windows sees, each `[B, …counts, C]`; `border` outside the image. */
export function places(x: Tensor, windows: Windows, border: number): Tensor[] {
  const spatial = windows.map((axis, i): [number, number] => [
    axis.before,
    laid(axis, x.shape[i + 1]!).after,
  ]);
  const bordered = pad(x, [[0, 0], ...spatial, [0, 0]], border);
  const parts = windows.reduce(
    (whole, { stride }, i) => whole.flatMap((part) => apart(part, i + 1, stride)),
    [bordered],
  );
  const counts = [x.shape[0]!, ...windows.map(({ count }) => count), x.shape.at(-1)!];
  return placesOf(windows).map(({ part, begins }) => slice(parts[part]!, [0, ...begins, 0], counts));
}

/** The sum of what each place of the windows sends back to an image of this shape: the reverse of `places`. */
export function sendBack(sent: readonly Tensor[], windows: Windows, shape: readonly number[]): Tensor {
  const strides = windows.map((axis, i) => laid(axis, shape[i + 1]!).strides);
  const sums: (Tensor | undefined)[] = [];
  for (const [i, { part, begins }] of placesOf(windows).entries()) {
    const around = begins.map((begin, axis): [number, number] => [
      begin,
      strides[axis]! - begin - windows[axis]!.count,
    ]);
    const block = pad(sent[i]!, [[0, 0], ...around, [0, 0]]);
    const before = sums[part];
    sums[part] = before === undefined ? block : add(before, block);
  }
  const length = windows.reduce((product, { stride }) => product * stride, 1);
  const parts = Array.from(
    { length },
    (_, part) => sums[part] ?? zeros([shape[0]!, ...strides, shape.at(-1)!]),
  );
  const bordered = windows.reduceRight((cut, { stride }, i) => {
    const groups = Array.from({ length: cut.length / stride }, (_, at) =>
      cut.slice(at * stride, (at + 1) * stride),
    );
    return groups.map((group) => together(group, i + 1));
  }, parts)[0]!;
  return slice(bordered, [0, ...windows.map(({ before }) => before), 0], [...shape] as [number]);
}

interface WinnersOptions {
  /** By place and channel, `[places, C]`, to be added before values are compared. */
  readonly added?: Tensor;
  /** Each window's greatest value, where there is a kernel for it. */
  readonly highest?: () => Tensor;
}

/**
 * For each place of the windows, 1 where it holds the window's greatest value, the first of equals in row order,
 * else 0. Constant almost everywhere, and so for the tape.
 */
export function winners(
  x: Tensor,
  windows: Windows,
  { added = scalar(0), highest }: WinnersOptions = {},
): Tensor[] {
  const op = customGrad((...args) => {
    const [x, added] = args as [Tensor, Tensor];
    const seen = places(x, windows, Number.NEGATIVE_INFINITY);
    const terms = added.rank > 0 ? unstack(added) : undefined;
    const values = terms ? seen.map((value, place) => add(value, terms[place]!)) : seen;
    const greatest = highest?.() ?? values.reduce((a, b) => maximum(a, b));
    return { value: stack(masks(values, greatest)), gradFunc: () => [zeros(x.shape), zeros(added.shape)] };
  });
  return unstack(op(x, added));
}

function masks(values: readonly Tensor[], highest: Tensor): Tensor[] {
  let open = onesLike(highest);
  return values.map((value) => {
    const wins = mul(cast(equal(value, highest), 'float32'), open);
    open = sub(open, wins);
    return wins;
  });
}
