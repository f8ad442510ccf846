import { clamp } from './arithmetic.js';
import { Random } from './random.js';
import { TISSUES } from './tissue.js';

/** A value for each of red, green and blue. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** What all patches of one synthetic slide share: laboratory, scanner, patient. */
export interface Slide {
  readonly id: string;
  /** Optical density in R, G, B per unit of haematoxylin; unit length. */
  readonly haematoxylin: Rgb;
  /** The same for eosin. */
  readonly eosin: Rgb;
  /** How strongly the slide took each stain; 1 is usual. */
  readonly haematoxylinStrength: number;
  readonly eosinStrength: number;
  /** R, G, B of the empty glass, 0–255. */
  readonly white: Rgb;
  /** Share of the unsharp mask that the scanner adds. */
  readonly sharpening: number;
  /** Standard deviation of the scanner's noise, in grey levels. */
  readonly noise: number;
  /** Softness of drawn edges in pixels. */
  readonly softness: number;
  /** Weight of each tissue of `TISSUES`. */
  readonly tissueWeights: Float32Array;
  readonly tumour: TumourTraits;
}

/** The patient's metastasis. */
export interface TumourTraits {
  /** Mean nuclear radius in pixels. */
  readonly radius: number;
  /** Relative spread of sizes and irregularity of outlines, 0 (monotonous) to 1 (pleomorphic). */
  readonly pleomorphism: number;
  /** Haematoxylin of the nucleus' inside: low is vesicular, high hyperchromatic. */
  readonly chromatin: number;
  readonly cytoplasmEosin: number;
  readonly cytoplasmHaematoxylin: number;
  /** Weights of growth as sheet, nests, glands, scattered cells. */
  readonly growth: readonly [number, number, number, number];
}

// Stain vectors of real PCam patches (haematoxylin by Macenko's method, eosin from pale
// pink pixels) fall into two groups, one for each of CAMELYON16's two hospitals.
const FAMILIES: readonly { readonly h: Rgb; readonly e: Rgb; readonly white: Rgb }[] = [
  { h: [0.51, 0.7, 0.5], e: [0.24, 0.8, 0.54], white: [254, 246, 253] },
  { h: [0.6, 0.745, 0.29], e: [0.22, 0.94, 0.25], white: [247, 238, 249] },
];

/** The slide of a (seed, split, number): the same arguments give the same slide. */
export function createSlide(seed: number, splitKey: number, number: number, id: string): Slide {
  const random = new Random(seed, splitKey, number, 0x511de);
  const family = FAMILIES[random.below(2)] as (typeof FAMILIES)[number];
  const pale = random.chance(0.15) ? 0.7 : 1;
  return {
    id,
    haematoxylin: jitter(family.h, 0.035, random),
    eosin: jitter(family.e, 0.035, random),
    haematoxylinStrength: pale * clamp(random.normal(1.08, 0.25), 0.6, 1.7),
    eosinStrength: pale * clamp(random.normal(1, 0.25), 0.5, 1.6),
    white: family.white.map((w) => clamp(random.normal(w, 4), 225, 255)) as unknown as Rgb,
    sharpening: random.between(0.7, 1.5),
    noise: random.between(2, 6),
    softness: random.between(1, 1.6),
    tissueWeights: Float32Array.from(TISSUES, ({ weight }) => weight * random.between(0.4, 1.6)),
    tumour: tumourTraits(random),
  };
}

function tumourTraits(random: Random): TumourTraits {
  const radius = clamp(random.normal(5.4, 0.7), 4.3, 7.5);
  return {
    radius,
    pleomorphism: random.between(0.15, 1) * (radius / 6.2),
    chromatin: clamp(random.normal(0.78, 0.2), 0.4, 1.4),
    cytoplasmEosin: random.between(0.35, 0.8),
    cytoplasmHaematoxylin: random.between(0.06, 0.34),
    growth: [
      random.between(0.3, 1),
      random.between(0.1, 0.8),
      random.chance(0.3) ? 0.9 : 0.05,
      random.between(0.05, 0.3),
    ],
  };
}

function jitter(vector: Rgb, sd: number, random: Random): Rgb {
  const moved = vector.map((v) => Math.max(0.02, random.normal(v, sd)));
  const length = Math.sqrt(moved.reduce((sum, v) => sum + v * v, 0));
  return moved.map((v) => v / length) as unknown as Rgb;
}
