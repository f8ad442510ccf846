import type { Random } from '../sampling-random.js';

/** The fewest and the most knots of the field along a side: one wide cut, or several pieces. */
const KNOTS = [2, 5] as const;

/**
 * A patch cut in two along smooth curves, into one or several pieces: 1 where the other patch is to show, on a
 * quarter to three quarters of the area, `[height, width]`. It is where a smooth random field (a cubic B-spline over
 * random knots) lies above one of its own quantiles, so that borders have no direction, and no shape that tells more
 * than the tissue on their sides.
 */
export function drawPieces(height: number, width: number, random: Random): Uint8Array {
  const knots = KNOTS[0] + random.below(KNOTS[1] - KNOTS[0] + 1);
  const side = knots + 4;
  // A sum of uniform values is nearly normal, and the same on every machine.
  const values = Float64Array.from(
    { length: side * side },
    () => random.unit() + random.unit() + random.unit(),
  );
  const across = axis(width, knots, random.unit());
  const down = axis(height, knots, random.unit());
  // Separable: along x for each row of knots, then along y.
  const rows = new Float64Array(side * width);
  for (let row = 0; row < side; row++) {
    for (let x = 0; x < width; x++) {
      const { first, weights } = across[x]!;
      rows[row * width + x] = dot(weights, (k) => values[row * side + first + k]!);
    }
  }
  const field = new Float64Array(height * width);
  for (let y = 0; y < height; y++) {
    const { first, weights } = down[y]!;
    for (let x = 0; x < width; x++)
      field[y * width + x] = dot(weights, (k) => rows[(first + k) * width + x]!);
  }
  const share = 0.25 + 0.5 * random.unit();
  const level = field.slice().sort()[Math.floor((1 - share) * field.length)]!;
  return Uint8Array.from(field, (value) => (value >= level ? 1 : 0));
}

interface Place {
  readonly first: number;
  readonly weights: readonly [number, number, number, number];
}

/** Where each pixel of a side lies among the knots, and the weights of the four around it. */
function axis(size: number, knots: number, start: number): Place[] {
  return Array.from({ length: size }, (_, i) => {
    const at = start + (i / size) * (knots - 1);
    const first = Math.floor(at);
    return { first, weights: spline(at - first) };
  });
}

/** The uniform cubic B-spline. @param t in [0, 1). */
function spline(t: number): Place['weights'] {
  const u = 1 - t;
  const near = (s: number): number => ((3 * s - 6) * s * s + 4) / 6;
  return [(u * u * u) / 6, near(t), near(u), (t * t * t) / 6];
}

function dot(weights: Place['weights'], value: (k: number) => number): number {
  return weights[0] * value(0) + weights[1] * value(1) + weights[2] * value(2) + weights[3] * value(3);
}
