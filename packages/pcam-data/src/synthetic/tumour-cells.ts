import { clamp, cosine, sine } from './arithmetic.js';
import type { Canvas } from './canvas.js';
import { type CellTraits, cytoplasm } from './cells.js';
import type { Crowd } from './crowd.js';
import { drawBody, drawSpot } from './nucleus.js';
import type { Random } from './random.js';
import { GLANDS, SCATTERED } from './regions.js';
import type { Slide } from './slide.js';
import { TUMOUR } from './tissue.js';

const DARTS_PER_PIXEL = 0.065;

/** Fills the tumour's outline with its cells, in the given way of growing. */
export function placeTumourCells(
  canvas: Canvas,
  crowd: Crowd,
  slide: Slide,
  growth: number,
  traits: CellTraits,
  random: Random,
): void {
  const { side, tumour, tissue } = canvas;
  const place: TumourPlace = { canvas, crowd, slide, traits, random };
  if (growth === GLANDS) placeGlands(place);
  const density = growth === SCATTERED ? random.between(0.25, 0.6) : random.between(0.6, 1);
  for (let darts = Math.round(side * side * DARTS_PER_PIXEL); darts > 0; darts--) {
    const y = random.between(-3, side + 2);
    const x = random.between(-3, side + 2);
    const i = clamp(Math.floor(y), 0, side - 1) * side + clamp(Math.floor(x), 0, side - 1);
    if (!tumour[i] || !random.chance(density)) continue;
    if (growth === SCATTERED || tissue[i] === TUMOUR) tumourCell(place, y, x, undefined);
  }
}

interface TumourPlace {
  readonly canvas: Canvas;
  readonly crowd: Crowd;
  readonly slide: Slide;
  readonly traits: CellTraits;
  readonly random: Random;
}

function tumourCell(place: TumourPlace, y: number, x: number, direction: number | undefined): void {
  const { canvas, crowd, slide, traits, random } = place;
  const { tumour } = slide;
  const radius = clamp(tumour.radius * (1 + 0.3 * tumour.pleomorphism * random.normal(0, 1)), 3.8, 9.5);
  const room = direction === undefined ? 1.12 : 0.8;
  if (!crowd.free(y, x, radius * room * 0.88)) return;
  crowd.take(y, x, radius * room);
  const dark = random.chance(0.06 + 0.16 * tumour.pleomorphism);
  const h = dark ? random.between(1.2, 1.9) : clamp(random.normal(tumour.chromatin, 0.14), 0.35, 1.5);
  const pale = random.between(0.75, 1.15);
  const eosin = tumour.cytoplasmEosin * pale;
  if (random.chance(0.8)) {
    cytoplasm(
      canvas,
      y,
      x,
      radius * random.between(1.4, 1.75),
      eosin,
      tumour.cytoplasmHaematoxylin * pale,
      random,
    );
  }
  const aspect =
    direction === undefined ? random.between(1, 1.25 + 0.35 * tumour.pleomorphism) : random.between(1.2, 1.6);
  const root = Math.sqrt(aspect);
  drawBody(
    canvas,
    {
      y,
      x,
      long: radius * root,
      short: radius / root,
      angle: direction ?? random.angle(),
      irregular: 0.07 + 0.14 * tumour.pleomorphism,
      h,
      rim: dark ? 0.2 : random.between(0.45, 0.85),
      e: 0.42,
      clump: random.between(0.22, 0.4),
      opacity: random.between(0.75, 0.98),
      softness: traits.softness,
    },
    random,
  );
  if (dark && random.chance(0.6)) return;
  for (let k = random.weighted([0.15, 0.65, 0.2]); k > 0; k--) {
    const dy = random.normal(0, radius * 0.2);
    const dx = random.normal(0, radius * 0.2);
    drawSpot(
      canvas,
      y + dy,
      x + dx,
      random.between(0.7, 0.12 * radius + 0.75),
      random.between(0.8, 1.3),
      0.35,
    );
  }
}

/** Rings of tall cells around a lumen. */
function placeGlands(place: TumourPlace): void {
  const { canvas, crowd, slide, random } = place;
  const { side, tumour, tissue } = canvas;
  for (let tries = 16; tries > 0; tries--) {
    const cy = random.between(0, side);
    const cx = random.between(0, side);
    if (!tumour[Math.floor(cy) * side + Math.floor(cx)]) continue;
    const lumen = random.between(2.5, 10);
    const wall = lumen + slide.tumour.radius * 2.2;
    if (!crowd.free(cy, cx, wall)) continue;
    const empty = random.chance(0.6);
    for (let y = Math.max(0, Math.floor(cy - wall)); y <= Math.min(side - 1, cy + wall); y++) {
      for (let x = Math.max(0, Math.floor(cx - wall)); x <= Math.min(side - 1, cx + wall); x++) {
        const d = Math.sqrt((y - cy) * (y - cy) + (x - cx) * (x - cx));
        if (d > wall) continue;
        const i = y * side + x;
        const inside = clamp(lumen - d, 0, 1);
        tissue[i] = TUMOUR;
        canvas.e[i] = (1 - inside) * slide.tumour.cytoplasmEosin + inside * (empty ? 0.04 : 0.3);
        canvas.h[i] = (1 - inside) * slide.tumour.cytoplasmHaematoxylin + inside * (empty ? 0.01 : 0.12);
      }
    }
    const ring = lumen + slide.tumour.radius * 1.15;
    const n = Math.max(4, Math.floor((2 * Math.PI * ring) / (slide.tumour.radius * 1.75)));
    const start = random.angle();
    for (let k = 0; k < n; k++) {
      const angle = start + (k * 2 * Math.PI) / n + random.normal(0, 0.06);
      const reach = ring + random.normal(0, 0.8);
      tumourCell(place, cy + reach * sine(angle), cx + reach * cosine(angle), angle);
    }
    crowd.take(cy, cx, wall);
  }
}
