import { clamp, exponential } from './arithmetic.js';
import { type Canvas, MARGIN } from './canvas.js';
import { NoiseView, noise } from './noise.js';
import type { Random } from './random.js';
import type { Slide } from './slide.js';

const STEPS_PER_DENSITY = 512;
const MAX_DENSITY = 6;
let transmission: Float32Array | undefined;

/** e^−density in steps of 1/512. */
function transmissionTable(): Float32Array {
  transmission ??= Float32Array.from({ length: MAX_DENSITY * STEPS_PER_DENSITY + 1 }, (_, i) =>
    exponential(-i / STEPS_PER_DENSITY),
  );
  return transmission;
}

/**
 * Stain concentrations to RGB: Beer–Lambert, I = I₀ · e^−(h·H + e·E) with the slide's
 * stain vectors (Ruifrok & Johnston 2001), then the optics: defocus, the scanner's
 * sharpening, noise, and JPEG's halved colour resolution.
 *
 * @param out receives RGB of the patch without its margin, `[size, size, 3]`, from `offset` on.
 */
export function develop(canvas: Canvas, slide: Slide, random: Random, out: Uint8Array, offset: number): void {
  const { side } = canvas;
  const size = side - 2 * MARGIN;
  const planes = transmit(canvas, slide, random.normal(1, 0.06));
  const outOfFocus = random.chance(0.03);
  const sharpening = outOfFocus ? 0.3 : slide.sharpening;
  const passes = outOfFocus ? 1 + random.below(3) : random.chance(0.07) ? 1 : 0;
  for (const plane of planes) {
    for (let pass = 0; pass < passes; pass++) binomial(plane, side, undefined);
    binomial(plane, side, sharpening);
  }
  const [red, green, blue] = planes;
  const lightness = new NoiseView(noise().white, random);
  const tint = new NoiseView(noise().white, random);
  const amplitude = slide.noise;
  for (let y = 0; y < size; y += 2) {
    for (let x = 0; x < size; x += 2) {
      const i = (y + MARGIN) * side + x + MARGIN;
      let cr = 0;
      let cb = 0;
      for (let k = 0; k < 4; k++) {
        const j = i + (k >> 1) * side + (k & 1);
        const r = red[j] as number;
        const g = green[j] as number;
        const b = blue[j] as number;
        const luma = 0.299 * r + 0.587 * g + 0.114 * b;
        cr += 0.25 * (r - luma);
        cb += 0.25 * (b - luma);
        // The green plane has done its part and keeps the luma for the second round.
        green[j] = luma;
      }
      cr += 0.5 * tint.at(y, x);
      cb += 0.5 * tint.at(y + 1, x);
      for (let k = 0; k < 4; k++) {
        const dy = k >> 1;
        const dx = k & 1;
        const luma = (green[i + dy * side + dx] as number) + amplitude * lightness.at(y + dy, x + dx);
        const o = offset + ((y + dy) * size + x + dx) * 3;
        out[o] = byte(luma + cr);
        out[o + 1] = byte(luma - (0.299 * cr + 0.114 * cb) / 0.587);
        out[o + 2] = byte(luma + cb);
      }
    }
  }
}

function byte(value: number): number {
  return clamp(Math.floor(value + 0.5), 0, 255);
}

function transmit(
  canvas: Canvas,
  slide: Slide,
  thickness: number,
): [Float32Array, Float32Array, Float32Array] {
  const table = transmissionTable();
  const pixels = canvas.h.length;
  const last = table.length - 1;
  const plane = (channel: 0 | 1 | 2): Float32Array => {
    const values = new Float32Array(pixels);
    const scale = STEPS_PER_DENSITY * thickness;
    const perH = slide.haematoxylin[channel] * slide.haematoxylinStrength * scale;
    const perE = slide.eosin[channel] * slide.eosinStrength * scale;
    const white = slide.white[channel];
    for (let i = 0; i < pixels; i++) {
      const step = ((canvas.h[i] as number) * perH + (canvas.e[i] as number) * perE + 0.5) | 0;
      values[i] = white * (table[Math.min(step, last)] as number);
    }
    return values;
  };
  return [plane(0), plane(1), plane(2)];
}

/**
 * Blurs with (1 2 1)/4 both ways, in place; with `sharpening` s the result is the unsharp
 * mask, plane + s · (plane − blurred). Border pixels stay as they are, inside the margin.
 */
function binomial(plane: Float32Array, side: number, sharpening: number | undefined): void {
  const rows = new Float32Array(plane.length);
  for (let y = 0; y < side; y++) {
    const row = y * side;
    for (let x = 1; x < side - 1; x++) {
      const i = row + x;
      rows[i] = 0.25 * ((plane[i - 1] as number) + (plane[i + 1] as number)) + 0.5 * (plane[i] as number);
    }
  }
  for (let y = 1; y < side - 1; y++) {
    const row = y * side;
    for (let x = 1; x < side - 1; x++) {
      const i = row + x;
      const blurred =
        0.25 * ((rows[i - side] as number) + (rows[i + side] as number)) + 0.5 * (rows[i] as number);
      plane[i] =
        sharpening === undefined
          ? blurred
          : (plane[i] as number) + sharpening * ((plane[i] as number) - blurred);
    }
  }
}
