import { CENTRE } from '../pcam.js';
import type { Random } from '../sampling-random.js';

/** What passes of red, green and blue light, of 1: blue, green and black felt pens on glass. */
const INKS: readonly (readonly [number, number, number])[] = [
  [0.16, 0.26, 0.78],
  [0.12, 0.6, 0.34],
  [0.2, 0.2, 0.22],
];

/**
 * How much of each pixel ink covers, 0 to 1, `[height, width]`: a wavering stroke 4 to 8 pixels wide along one
 * border, outside the centre 32×32 where there is room for it.
 */
export function strokeCover(height: number, width: number, random: Random): Float32Array {
  const cover = new Float32Array(height * width);
  const side = random.below(4);
  const [length, depth] = side < 2 ? [width, height] : [height, width];
  const radius = 2 + 2 * random.unit();
  const innermost = (depth - CENTRE) / 2 - radius - 1;
  const middle = radius + Math.max(0, innermost - radius) * random.unit();
  const sway = Math.max(0, Math.min(6, middle - radius, innermost - middle));
  const [waves, phase] = [0.5 + 1.5 * random.unit(), 2 * Math.PI * random.unit()];
  const share = 0.5 + 0.5 * random.unit();
  const start = (1 - share) * random.unit() * length;
  for (let along = start; along <= start + share * length; along += 0.5) {
    const across = middle + sway * Math.sin(2 * Math.PI * waves * (along / length) + phase);
    const inwards = side % 2 === 0 ? across : depth - 1 - across;
    if (side < 2) dab(cover, height, width, inwards, along, radius);
    else dab(cover, height, width, along, inwards, radius);
  }
  return cover;
}

/** A disc with an edge one pixel soft. */
function dab(cover: Float32Array, height: number, width: number, y: number, x: number, radius: number): void {
  const reach = Math.ceil(radius) + 1;
  for (let py = Math.max(0, Math.floor(y) - reach); py <= Math.min(height - 1, y + reach); py++) {
    for (let px = Math.max(0, Math.floor(x) - reach); px <= Math.min(width - 1, x + reach); px++) {
      const inside = Math.max(0, Math.min(1, radius + 0.5 - Math.hypot(py - y, px - x)));
      const at = py * width + px;
      cover[at] = Math.max(cover[at]!, inside);
    }
  }
}

/** Ink over a patch, in place: what lies under it shines through in the ink's colour. */
export function ink(image: Uint8Array, cover: Float32Array, random: Random): void {
  const colour = INKS[random.below(INKS.length)]!;
  const opacity = 0.75 + 0.2 * random.unit();
  for (const [i, share] of cover.entries()) {
    if (share === 0) continue;
    for (const [c, passes] of colour.entries()) {
      image[i * 3 + c] = Math.round(image[i * 3 + c]! * (1 - share * opacity * (1 - passes)));
    }
  }
}
