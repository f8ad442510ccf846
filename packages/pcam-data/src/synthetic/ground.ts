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

/** Paints what lies between the nuclei: fibres, cytoplasm, vacuoles, glass. */
export function paintGround(canvas: Canvas, slide: Slide, random: Random): void {
  const { side, h, e, tissue } = canvas;
  const textures = noise();
  const grain = new NoiseView(textures.grain, random);
  const patchy = new NoiseView(textures.patchy, random);
  const fibres = createFibres(canvas.fibreAngle, random);
  const fat = createFat(side, random);
  const collagen = random.between(0.4, 0.95);
  const wetness = random.between(-1.1, 0.3);
  const looseness = random.between(-2.6, -1.2);
  const { cytoplasmEosin, cytoplasmHaematoxylin } = slide.tumour;
  for (let y = 0, i = 0; y < side; y++) {
    for (let x = 0; x < side; x++, i++) {
      const fine = grain.at(y, x);
      const coarse = patchy.at(y, x);
      let eosin = 0;
      let haematoxylin = 0;
      switch (tissue[i]) {
        case LYMPHOID:
          if (coarse < looseness) break;
          eosin = 0.34 + 0.1 * fine;
          haematoxylin = 0.22 + 0.06 * fine + 0.05 * coarse;
          break;
        case STROMA:
        case TUMOUR_STROMA: {
          const f = fibres(y, x);
          eosin = f < -1.3 ? 0.1 : collagen * (0.78 + 0.26 * f + 0.05 * fine);
          haematoxylin = f < -1.3 ? 0.02 : 0.08 + 0.03 * f + 0.03 * fine;
          break;
        }
        case FAT: {
          const membrane = fat(y, x);
          eosin = membrane * (0.5 + 0.08 * fine);
          haematoxylin = membrane * 0.14;
          break;
        }
        case SINUS:
          if (coarse < wetness) {
            eosin = 0.03;
            break;
          }
          eosin = 0.2 + 0.1 * fine + 0.06 * coarse;
          haematoxylin = 0.08 + 0.05 * fine;
          break;
        case GERMINAL:
          eosin = 0.34 + 0.09 * fine + 0.03 * coarse;
          haematoxylin = 0.28 + 0.09 * fine;
          break;
        case HISTIOCYTES:
          eosin = 0.42 + 0.1 * fine + 0.06 * coarse;
          haematoxylin = 0.16 + 0.05 * fine;
          break;
        case PLASMA:
          eosin = 0.38 + 0.1 * fine;
          haematoxylin = 0.2 + 0.06 * fine;
          break;
        case BLOOD:
          eosin = 0.1 + 0.04 * fine;
          haematoxylin = 0.03;
          break;
        case GLASS:
          eosin = 0.012 + 0.006 * coarse;
          break;
        case TUMOUR:
          eosin = cytoplasmEosin + 0.09 * fine + 0.06 * coarse;
          haematoxylin = cytoplasmHaematoxylin + 0.07 * fine + 0.03 * coarse;
          break;
      }
      e[i] = eosin > 0 ? eosin : 0;
      h[i] = haematoxylin > 0 ? haematoxylin : 0;
    }
  }
}

/** Long ripples along an angle that bends slowly; mean 0, standard deviation about 1. */
function createFibres(angle: number, random: Random): (y: number, x: number) => number {
  const stretched = new NoiseView(noise().grain, random);
  const bend = new NoiseView(noise().broad, random);
  const c = cosine(angle);
  const s = sine(angle);
  const wave = random.between(1, 5);
  const across = random.between(0.5, 0.95);
  return (y, x) => {
    const b = bend.at(y, x) * wave;
    return stretched.smooth((y * c - x * s + b) * across, (x * c + y * s) * 0.14);
  };
}

/** Membranes between vacuoles of 40–90 µm: 1 in a membrane, 0 in the fat. */
function createFat(side: number, random: Random): (y: number, x: number) => number {
  const spacing = random.between(38, 70);
  const thickness = random.between(0.7, 1.6);
  const ys: number[] = [];
  const xs: number[] = [];
  for (let y = -spacing; y < side + spacing; y += spacing) {
    for (let x = -spacing; x < side + spacing; x += spacing) {
      ys.push(y + random.between(0, spacing));
      xs.push(x + random.between(0, spacing));
    }
  }
  return (y, x) => {
    let first = 1e9;
    let second = 1e9;
    let third = 1e9;
    for (let k = 0; k < ys.length; k++) {
      const dy = y - (ys[k] as number);
      const dx = x - (xs[k] as number);
      const d = Math.sqrt(dy * dy + dx * dx);
      if (d < first) {
        third = second;
        second = first;
        first = d;
      } else if (d < second) {
        third = second;
        second = d;
      } else if (d < third) third = d;
    }
    // Three vacuoles leave a wedge of tissue where they meet.
    const wedge = third - first < 9 ? (9 - (third - first)) * 0.5 : 0;
    const depth = thickness + wedge - (second - first) * 0.5;
    return depth <= 0 ? 0 : depth >= 1 ? 1 : depth;
  };
}
