import {
  add,
  concat,
  customGrad,
  mul,
  ones,
  pad,
  reshape,
  slice,
  stack,
  step,
  sub,
  type Tensor,
  type Tensor4D,
  maxPool as tfMaxPool,
  tidy,
  unstack,
  zeros,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { hasKernel, runKernel } from './native-op.js';

const size = 3;
/** Below any activation, so that the border never wins; finite, so that differences stay numbers. */
const lowest = -1e38;

/**
 * 3×3 max-pooling of stride 2 with a border of 1, `[B, h, w, C]` to `[B, h/2, w/2, C]` for even h and w. Among
 * equals the first of the window wins, on every engine.
 *
 * tfjs' own gradient cannot be differentiated again. This one multiplies by masks of the winners, which are
 * constant almost everywhere, and moves the products to their places, all of it by differentiable ops; where the
 * engine has a kernel for each direction, they are each other's gradients.
 */
export function maxPool(x: Tensor4D): Tensor4D {
  const op = customGrad((...args) => {
    const [x, save] = args as unknown as [Tensor4D, (kept: Tensor[]) => void];
    save([x]);
    return {
      value: tfMaxPool(x, size, 2, 1),
      gradFunc: (dy: Tensor, [x]: Tensor[]) =>
        tidy(() => {
          if (hasKernel('MaxPoolPick')) return sendBack(dy as Tensor4D, x as Tensor4D);
          return scatter(unstack(winners(x as Tensor4D)).map((mask) => mul(dy, mask)));
        }),
    };
  });
  return op(x) as Tensor4D;
}

const windows = { filterSize: size, strides: 2, pad: 1 };

type Along = (values: Tensor4D, x: Tensor4D) => Tensor4D;

/** dy, sent to where each window of x has its first maximum. */
const sendBack: Along = (dy, x) =>
  alongMaxima(dy, x, () => runKernel('MaxPoolGrad', { dy, input: x }, windows), pick);

/** Of `values`, what lies where each window of x has its first maximum. */
const pick: Along = (values, x) =>
  alongMaxima(values, x, () => runKernel('MaxPoolPick', { x, values }, windows), sendBack);

/** Linear in `values`, with its reverse for a gradient, and constant almost everywhere in x. */
function alongMaxima(values: Tensor4D, x: Tensor4D, run: () => Tensor4D, reverse: Along): Tensor4D {
  const op = customGrad((...args) => {
    const [, x, save] = args as unknown as [Tensor4D, Tensor4D, (kept: Tensor[]) => void];
    save([x]);
    return {
      value: run(),
      gradFunc: (dy: Tensor, [x]: Tensor[]) =>
        tidy(() => [reverse(dy as Tensor4D, x as Tensor4D), zerosLike(x!)]),
    };
  });
  return op(values, x) as Tensor4D;
}

/** For each of the nine places of a window, row by row, 1 where it holds the maximum: `[9, B, h/2, w/2, C]`. */
function winners(x: Tensor4D): Tensor {
  const { shape } = x;
  const op = customGrad((...args) => {
    const [x] = args as unknown as [Tensor4D];
    const highest = tfMaxPool(x, size, 2, 1);
    let open: Tensor = ones(highest.shape);
    const masks = windowPlaces(x).map((values) => {
      const wins = mul(sub(1, step(sub(highest, values))), open);
      open = sub(open, wins);
      return wins;
    });
    return { value: stack(masks), gradFunc: () => zeros(shape) };
  });
  return op(x);
}

/**
 * What each place of the windows sees, nine times `[B, h/2, w/2, C]`. With the border, rows 2i, 2i + 1 and
 * 2i + 2 make window row i: cut apart by parity, each place is one block.
 */
function windowPlaces(x: Tensor4D): Tensor[] {
  const [batch, height, width, channels] = x.shape;
  const [rows, columns] = [height / 2, width / 2];
  const bordered = pad(
    x,
    [
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ],
    lowest,
  );
  const byRow = halves(reshape(bordered, [batch, rows + 1, 2 * (width + 2) * channels]));
  const byCell = byRow.map((half) => halves(reshape(half, [batch, rows + 1, columns + 1, 2 * channels])));
  return places((row, column) =>
    slice(byCell[row % 2]![column % 2]!, [0, row >> 1, column >> 1, 0], [batch, rows, columns, channels]),
  );
}

/** The sum of what each place sends back, `[B, h, w, C]`: the reverse of `windowPlaces`. */
function scatter(sent: Tensor[]): Tensor4D {
  const [batch = 0, rows = 0, columns = 0, channels = 0] = sent[0]!.shape;
  const sums: (Tensor | undefined)[][] = [[], []];
  places((row, column) => {
    const block = pad(sent[row * size + column]!, [[0, 0], beside(row), beside(column), [0, 0]]);
    const [r, c] = [row % 2, column % 2];
    const before = sums[r]![c];
    sums[r]![c] = before === undefined ? block : add(before, block);
  });
  const wide = sums.map((pair) => {
    const joined = concat(pair as Tensor[], 3);
    return reshape(joined, [batch, rows + 1, 2 * (columns + 1) * channels]);
  });
  const bordered = reshape(concat(wide, 2), [batch, 2 * (rows + 1), 2 * (columns + 1), channels]);
  return slice(bordered, [0, 1, 1, 0], [batch, 2 * rows, 2 * columns, channels]) as Tensor4D;
}

function places<T>(at: (row: number, column: number) => T): T[] {
  return Array.from({ length: size * size }, (_, place) => at(Math.floor(place / size), place % size));
}

/** The first two places of a window lie in its own pair of rows, the third in the next. */
function beside(place: number): [number, number] {
  return place === 2 ? [1, 0] : [0, 1];
}

/** The last axis cut in two. */
function halves(x: Tensor): [Tensor, Tensor] {
  const begin = x.shape.map(() => 0);
  const half = x.shape.at(-1)! / 2;
  const part = [...x.shape.slice(0, -1), half];
  return [slice(x, begin, part), slice(x, [...begin.slice(1), half], part)];
}
