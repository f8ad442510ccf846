/**
 * The optical densities of haematoxylin, eosin and a residual (DAB) per unit of stain, in
 * red, green and blue: Ruifrok & Johnston, "Quantification of histochemical staining by
 * color deconvolution", Anal. Quant. Cytol. Histol. 23 (2001), table 1; rows of length 1.
 */
const STAIN_VECTORS: readonly (readonly number[])[] = [
  [0.65, 0.7, 0.29],
  [0.07, 0.99, 0.11],
  [0.27, 0.57, 0.78],
].map((row) => row.map((value) => value / Math.hypot(...row)));

const UNMIX = invert3(STAIN_VECTORS);

/** How stains, and then brightness and contrast, change: one draw for one patch. */
export interface ColourChange {
  /** α of each stain; 1 leaves it. */
  readonly scale: readonly number[];
  /** β of each stain, optical density; 0 leaves it. */
  readonly offset: readonly number[];
  /** Added to RGB in [0, 1]. */
  readonly brightness: number;
  /** Factor on the distance from mid-grey. */
  readonly contrast: number;
}

/** Steps of the exponential's table, and how many make one unit of optical density. */
const STEPS = 8192;
const DARKEST = Math.log(256);
const PER_UNIT = (STEPS - 1) / DARKEST;
/** Optical density −ln((v + 1) / 256) of each byte v, in steps: finite for black, 0 for white. */
const DENSITY = Float64Array.from({ length: 256 }, (_, v) => -Math.log((v + 1) / 256) * PER_UNIT);
/** And back: RGB in [0, 1] of each step. */
const LIGHT = Float64Array.from({ length: STEPS }, (_, i) => (256 * Math.exp(-i / PER_UNIT) - 1) / 255);
/** RGB in [0, 1] of each byte. */
const UNIT: Float32Array = Float32Array.from({ length: 256 }, (_, v) => v / 255);

/**
 * Bytes to RGB in [0, 1] under a colour change, per pixel: optical density o = c·V is unmixed
 * into stains c = o·V⁻¹, each becomes α·c + β (Tellez et al., "Whole-slide mitosis detection
 * in H&E breast histology using PHH3 as a reference", IEEE TMI 37 (2018); "Quantifying the
 * effects of data augmentation and stain color normalization in convolutional neural
 * networks", Med. Image Anal. 58 (2019)), and is mixed again: one affine map of o. Then
 * brightness and contrast. Values are clipped to [0, 1]; the tables err by at most 0.00035 · contrast.
 *
 * @param bytes RGB, `[pixels, 3]`.
 * @param out receives `[pixels, 3]` from `at` on.
 */
export function recolour(bytes: Uint8Array, change: ColourChange, out: Float32Array, at: number): void {
  const { scale, offset, brightness, contrast } = change;
  const shade = (value: number): number =>
    Math.min(1, Math.max(0, (value - 0.5) * contrast + 0.5 + brightness));
  if (scale.every((a) => a === 1) && offset.every((b) => b === 0)) {
    const table = brightness === 0 && contrast === 1 ? UNIT : UNIT.map(shade);
    for (let i = 0; i < bytes.length; i++) out[at + i] = table[bytes[i]!]!;
    return;
  }
  const table = new Float32Array(STEPS);
  for (let i = 0; i < STEPS; i++) table[i] = shade(LIGHT[i]!);
  const m = (from: number, to: number): number =>
    scale.reduce((sum, a, s) => sum + UNMIX[from]![s]! * a * STAIN_VECTORS[s]![to]!, 0);
  // The half makes the truncation below round to the nearest step.
  const b = (to: number): number =>
    offset.reduce((sum, beta, s) => sum + beta * STAIN_VECTORS[s]![to]!, 0) * PER_UNIT + 0.5;
  const [m00, m01, m02, m10, m11, m12] = [m(0, 0), m(0, 1), m(0, 2), m(1, 0), m(1, 1), m(1, 2)];
  const [m20, m21, m22, b0, b1, b2] = [m(2, 0), m(2, 1), m(2, 2), b(0), b(1), b(2)];
  for (let i = 0, o = at; i < bytes.length; i += 3, o += 3) {
    const red = DENSITY[bytes[i]!]!;
    const green = DENSITY[bytes[i + 1]!]!;
    const blue = DENSITY[bytes[i + 2]!]!;
    const r = (red * m00 + green * m10 + blue * m20 + b0) | 0;
    const g = (red * m01 + green * m11 + blue * m21 + b1) | 0;
    const l = (red * m02 + green * m12 + blue * m22 + b2) | 0;
    out[o] = table[r < 0 ? 0 : r < STEPS ? r : STEPS - 1]!;
    out[o + 1] = table[g < 0 ? 0 : g < STEPS ? g : STEPS - 1]!;
    out[o + 2] = table[l < 0 ? 0 : l < STEPS ? l : STEPS - 1]!;
  }
}

/** Of red, green and blue in what the eye takes for lightness: ITU-R BT.601. */
const LUMA = [0.299, 0.587, 0.114] as const;

/**
 * Moves each colour towards the patch's mean tint at the pixel's own lightness, in place, clipped to [0, 1].
 *
 * @param values RGB in [0, 1], `count` values from `at` on. @param share how far: 0 leaves colours, 1 leaves one tint.
 */
export function fade(values: Float32Array, at: number, count: number, share: number): void {
  const sums = [0, 0, 0];
  for (let i = 0; i < count; i++) sums[i % 3]! += values[at + i]!;
  const lightness = LUMA.reduce((sum, weight, c) => sum + weight * sums[c]!, 0);
  // A black patch has no tint.
  const tint = sums.map((sum) => (lightness > 0 ? sum / lightness : 1));
  for (let i = at; i < at + count; i += 3) {
    const luma = LUMA[0] * values[i]! + LUMA[1] * values[i + 1]! + LUMA[2] * values[i + 2]!;
    for (let c = 0; c < 3; c++) {
      values[i + c] = (1 - share) * values[i + c]! + share * Math.min(1, luma * tint[c]!);
    }
  }
}

/** The inverse of a 3×3 matrix (adjugate over determinant). */
function invert3(m: readonly (readonly number[])[]): number[][] {
  const cofactor = (row: number, column: number): number => {
    const [r0, r1] = [(row + 1) % 3, (row + 2) % 3];
    const [c0, c1] = [(column + 1) % 3, (column + 2) % 3];
    return m[r0]![c0]! * m[r1]![c1]! - m[r0]![c1]! * m[r1]![c0]!;
  };
  const determinant = [0, 1, 2].reduce((sum, c) => sum + m[0]![c]! * cofactor(0, c), 0);
  return [0, 1, 2].map((row) => [0, 1, 2].map((column) => cofactor(column, row) / determinant));
}
