import type { Canvas } from './canvas.js';
import { NoiseView, noise } from './noise.js';
import type { Random } from './random.js';
import type { Slide } from './slide.js';
import { GERMINAL, GLASS, LYMPHOID, SINUS, STROMA, TUMOUR, TUMOUR_STROMA } from './tissue.js';

/** How tumour grows; 0 is a plain sheet. */
const NESTS = 1;
export const GLANDS = 2;
export const SCATTERED = 3;

/** Divides the patch among one to three healthy tissues, then gives the tumour its part. */
export function fillTissues(
  canvas: Canvas,
  slide: Slide,
  growth: number,
  hasTumour: boolean,
  random: Random,
): void {
  const { side, tissue, tumour } = canvas;
  const broad = noise().broad;
  const patchy = new NoiseView(noise().patchy, random);
  const n = 1 + random.weighted([0.4, 0.4, 0.2]);
  const kinds = new Uint8Array(n);
  const ys = new Float32Array(n);
  const xs = new Float32Array(n);
  const bends: NoiseView[] = [];
  for (let k = 0; k < n; k++) {
    let kind = random.weighted(slide.tissueWeights);
    // Empty glass beside a metastasis is rare: it grows inside the node.
    if (hasTumour && kind === GLASS && random.chance(0.5)) kind = LYMPHOID;
    kinds[k] = kind;
    ys[k] = random.between(-0.1, 1.1) * side;
    xs[k] = random.between(-0.1, 1.1) * side;
    bends.push(new NoiseView(broad, random));
  }
  for (let y = 0, i = 0; y < side; y++) {
    for (let x = 0; x < side; x++, i++) {
      let best = 0;
      if (n > 1) {
        let least = 1e9;
        for (let k = 0; k < n; k++) {
          const dy = y - (ys[k] as number);
          const dx = x - (xs[k] as number);
          const distance = Math.sqrt(dy * dy + dx * dx) + 7 * (bends[k] as NoiseView).at(y, x);
          if (distance < least) {
            least = distance;
            best = k;
          }
        }
      }
      tissue[i] = kinds[best] as number;
    }
  }
  if (random.chance(0.6)) layStrands(canvas, random);
  if (!hasTumour || growth === SCATTERED) return;
  const net = new NoiseView(broad, random);
  const width = growth === NESTS ? random.between(0.15, 0.4) : growth === GLANDS ? 9 : random.between(0, 0.1);
  for (let y = 0, i = 0; y < side; y++) {
    for (let x = 0; x < side; x++, i++) {
      if (!tumour[i]) continue;
      // The zero lines of smooth noise make a net, as fibrous strands around nests do.
      const level = net.at(y, x) + 0.12 * patchy.at(y, x);
      tissue[i] = Math.abs(level) < width ? TUMOUR_STROMA : TUMOUR;
    }
  }
}

/** Thin trabeculae and vessels through the tissue of the node. */
function layStrands({ side, tissue }: Canvas, random: Random): void {
  const net = new NoiseView(noise().broad, random);
  const width = random.between(0.1, 0.22);
  for (let y = 0, i = 0; y < side; y++) {
    for (let x = 0; x < side; x++, i++) {
      const kind = tissue[i];
      if (kind !== LYMPHOID && kind !== SINUS && kind !== GERMINAL) continue;
      const level = net.at(y, x);
      if (Math.abs(level) < width) tissue[i] = STROMA;
    }
  }
}
