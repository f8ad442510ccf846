import { cosine, sine } from './arithmetic.js';
import type { Canvas } from './canvas.js';
import { NoiseView, noise } from './noise.js';
import type { Random } from './random.js';
import type { Slide } from './slide.js';
import {
  BLOOD,
  FAT,
  GERMINAL,
  GLASS,
  HISTIOCYTES,
  LYMPHOID,
  PLASMA,
  SINUS,
  STROMA,
  TUMOUR,
  TUMOUR_STROMA,
} from './tissue.js';
import { createFat } from './vacuoles.js';

/** Paints what lies between the nuclei: fibres, cytoplasm, vacuoles, glass. */
export function paintGround(canvas: Canvas, slide: Slide, random: Random): void {
  const { side, h, e, tissue } = canvas;
  const textures = noise();
  const grain = new NoiseView(textures.grain, random);
  const patchy = new NoiseView(textures.patchy, random);
  const fibres = createFibres(canvas.fibreAngle, random);
  const fat = createFat(side, random);
  const collagen = random.between(0.35, 0.95);
  const wetness = random.between(-1, 0.5);
  const looseness = random.between(-2.6, -0.7);
  const paleEosin = random.between(0.34, 0.72);
  const paleHaematoxylin = random.between(0.06, 0.3);
  const foam = random.between(0.05, 0.2);
  const { cytoplasmEosin, cytoplasmHaematoxylin } = slide.tumour;
  for (let y = 0, i = 0; y < side; y++) {
    for (let x = 0; x < side; x++, i++) {
      const fine = grain.at(y, x);
      const coarse = patchy.at(y, x);
      let eosin = 0;
      let haematoxylin = 0;
      switch (tissue[i]) {
        case LYMPHOID: {
          // Cells shrink apart: white crevices, and here and there a wider gap.
          const filled = ramp(1.6 - fine) * ramp((coarse - looseness) * 2);
          eosin = filled * (0.52 + 0.14 * fine + 0.1 * coarse);
          haematoxylin = filled * (0.16 + 0.06 * fine);
          break;
        }
        case STROMA:
        case TUMOUR_STROMA: {
          const f = fibres(y, x);
          const filled = ramp((f + 1.7) * 1.2);
          eosin = filled * collagen * (0.8 + 0.32 * f) + 0.05;
          haematoxylin = filled * (0.1 + 0.04 * f);
          break;
        }
        case FAT: {
          const membrane = fat(y, x);
          eosin = membrane * (0.5 + 0.12 * fine);
          haematoxylin = membrane * 0.14;
          break;
        }
        case SINUS: {
          const filled = ramp((coarse - wetness) * 1.5);
          eosin = 0.02 + filled * (0.24 + 0.13 * fine);
          haematoxylin = filled * (0.06 + 0.05 * fine);
          break;
        }
        case GERMINAL:
          eosin = paleEosin + 0.14 * fine + 0.06 * coarse;
          haematoxylin = paleHaematoxylin + 0.1 * fine;
          break;
        case HISTIOCYTES:
          eosin = paleEosin + foam * fine + 0.08 * coarse;
          haematoxylin = paleHaematoxylin + 0.06 * fine;
          break;
        case PLASMA:
          eosin = 0.42 + 0.14 * fine;
          haematoxylin = 0.18 + 0.07 * fine;
          break;
        case BLOOD:
          eosin = 0.12 + 0.06 * fine;
          haematoxylin = 0.02;
          break;
        case GLASS:
          eosin = 0.012 + 0.006 * coarse;
          break;
        case TUMOUR:
          eosin = cytoplasmEosin + foam * fine + 0.08 * coarse;
          haematoxylin = cytoplasmHaematoxylin + 0.5 * foam * fine + 0.03 * coarse;
          break;
      }
      e[i] = Math.max(0, eosin);
      h[i] = Math.max(0, haematoxylin);
    }
  }
}

/** Gives everything stained the fine roughness that a section of 3 µm has. */
export function roughen(canvas: Canvas, random: Random): void {
  const { side, h, e } = canvas;
  const speckle = new NoiseView(noise().speckle, random);
  const other = new NoiseView(noise().speckle, random);
  const strengthE = random.between(0.16, 0.36);
  const strengthH = random.between(0.1, 0.25);
  for (let y = 0, i = 0; y < side; y++) {
    for (let x = 0; x < side; x++, i++) {
      const factorE = 1 + strengthE * speckle.at(y, x);
      const factorH = 1 + strengthH * other.at(y, x);
      e[i] = (e[i] as number) * Math.max(0.1, factorE);
      h[i] = (h[i] as number) * Math.max(0.1, factorH);
    }
  }
}

function ramp(x: number): number {
  return Math.max(0, Math.min(1, x));
}

/** Long ripples along an angle that bends slowly; mean 0, standard deviation about 1. */
function createFibres(angle: number, random: Random): (y: number, x: number) => number {
  const bundles = new NoiseView(noise().grain, random);
  const threads = new NoiseView(noise().grain, random);
  const bend = new NoiseView(noise().broad, random);
  const c = cosine(angle);
  const s = sine(angle);
  const wave = random.between(1.5, 7);
  const across = random.between(0.35, 0.85);
  return (y, x) => {
    const v = y * c - x * s + bend.at(y, x) * wave;
    const u = x * c + y * s;
    return 0.9 * bundles.smooth(v * across, u * 0.12) + 0.6 * threads.smooth(v * 1.5, u * 0.2);
  };
}
