import { CENTRE, centreSquare } from '../pcam.js';
import { clamp, cosine, sine } from './arithmetic.js';
import { type Canvas, MARGIN } from './canvas.js';
import { NoiseView, noise } from './noise.js';
import type { Random } from './random.js';

/** Where a patch carries tumour: in the centre 32×32, only outside of it, or nowhere. */
export type TumourPlace = 'centre' | 'ring' | 'none';

const GAP = 3;
const MOVES = 14;

interface Disc {
  y: number;
  x: number;
  radius: number;
}

interface Outline {
  /** Whole patch where absent. */
  readonly discs?: Disc[];
  /** Half plane: pixels with ny·y + nx·x > offset, seen from the patch's centre. */
  readonly line?: { readonly ny: number; readonly nx: number; offset: number };
}

/**
 * Draws the tumour's outline into `canvas.tumour` so that the target holds in the pixels
 * themselves: shapes move in or out until it does.
 *
 * @returns the target reached: `none` instead of `ring` in the rare patch where no
 *   position worked.
 */
export function outlineTumour(canvas: Canvas, target: TumourPlace, random: Random): TumourPlace {
  if (target === 'none') return target;
  const warp = ragged(canvas, random);
  const outline = target === 'centre' ? centreOutline(canvas, random) : ringOutline(canvas, random);
  // Mostly a good part of the centre; at times the few pixels that the rule is content with.
  const enough = random.chance(0.04) ? 4 : 110;
  for (let move = 0; move < MOVES; move++) {
    fill(canvas, outline, warp);
    const { centre, near, outside } = count(canvas);
    if (target === 'centre') {
      if (centre >= enough) return target;
      shift(outline, -3);
    } else {
      if (near === 0 && outside >= 40) return target;
      shift(outline, near > 0 ? 2 : -1.5);
    }
  }
  canvas.tumour.fill(target === 'centre' ? 1 : 0);
  return target === 'centre' ? 'centre' : 'none';
}

function centreOutline(canvas: Canvas, random: Random): Outline {
  const kind = random.uniform();
  if (kind < 0.28) return {};
  if (kind < 0.62) return { line: line(random, random.between(-canvas.side * 0.38, 2)) };
  const main = { y: random.normal(0, 8), x: random.normal(0, 8), radius: random.between(14, 32) };
  return { discs: [main, ...moreDiscs(canvas, random, random.below(3))] };
}

function ringOutline(canvas: Canvas, random: Random): Outline {
  if (random.chance(0.5)) {
    const edge = line(random, 0);
    const support = (CENTRE / 2) * (Math.abs(edge.ny) + Math.abs(edge.nx));
    return { line: { ...edge, offset: support + random.between(GAP + 1, GAP + 9) } };
  }
  const reach = canvas.side / 2 - MARGIN;
  const discs: Disc[] = [];
  for (let i = 1 + random.below(2); i > 0; i--) {
    const angle = random.angle();
    const distance = random.between(reach * 0.75, reach * 1.2);
    discs.push({ y: distance * sine(angle), x: distance * cosine(angle), radius: random.between(9, 20) });
  }
  return { discs };
}

function line(random: Random, offset: number): { ny: number; nx: number; offset: number } {
  const angle = random.angle();
  return { ny: sine(angle), nx: cosine(angle), offset };
}

function moreDiscs(canvas: Canvas, random: Random, n: number): Disc[] {
  const reach = canvas.side / 2;
  return Array.from({ length: n }, () => ({
    y: random.between(-reach, reach),
    x: random.between(-reach, reach),
    radius: random.between(6, 18),
  }));
}

/** Away from the centre for positive distances. */
function shift(outline: Outline, distance: number): void {
  if (outline.line) outline.line.offset += distance;
  for (const disc of outline.discs ?? []) {
    const length = Math.max(1, Math.sqrt(disc.y * disc.y + disc.x * disc.x));
    const factor = Math.max(0, 1 + distance / length);
    disc.y *= factor;
    disc.x *= factor;
    disc.radius = clamp(disc.radius - distance * 0.5, 5, 40);
  }
}

function ragged(canvas: Canvas, random: Random): Float32Array {
  const { side } = canvas;
  const patchy = new NoiseView(noise().patchy, random);
  const broad = new NoiseView(noise().broad, random);
  const amplitude = random.between(0.8, 2.4);
  const bend = random.between(2, 6);
  const warp = new Float32Array(side * side);
  for (let y = 0, i = 0; y < side; y++) {
    for (let x = 0; x < side; x++, i++) warp[i] = amplitude * patchy.at(y, x) + bend * broad.at(y, x);
  }
  return warp;
}

function fill(canvas: Canvas, { discs, line: edge }: Outline, warp: Float32Array): void {
  const { side, tumour } = canvas;
  if (!discs && !edge) {
    tumour.fill(1);
    return;
  }
  const middle = (side - 1) / 2;
  for (let y = 0, i = 0; y < side; y++) {
    for (let x = 0; x < side; x++, i++) {
      const dy = y - middle;
      const dx = x - middle;
      let depth = edge ? edge.ny * dy + edge.nx * dx - edge.offset : -1e9;
      for (const disc of discs ?? []) {
        const ey = dy - disc.y;
        const ex = dx - disc.x;
        depth = Math.max(depth, disc.radius - Math.sqrt(ey * ey + ex * ex));
      }
      tumour[i] = depth + (warp[i] as number) > 0 ? 1 : 0;
    }
  }
}

function count(canvas: Canvas): { centre: number; near: number; outside: number } {
  const { side, tumour } = canvas;
  const { top: low, bottom: high } = centreSquare(side, side);
  let centre = 0;
  let near = 0;
  let outside = 0;
  for (let y = MARGIN; y < side - MARGIN; y++) {
    for (let x = MARGIN; x < side - MARGIN; x++) {
      if (!tumour[y * side + x]) continue;
      outside++;
      if (y >= low - GAP && y < high + GAP && x >= low - GAP && x < high + GAP) near++;
      if (y >= low && y < high && x >= low && x < high) centre++;
    }
  }
  return { centre, near, outside };
}
