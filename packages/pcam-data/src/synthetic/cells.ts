import { clamp, cosine, sine } from './arithmetic.js';
import type { Canvas } from './canvas.js';
import type { Crowd } from './crowd.js';
import { drawBody, drawSpot } from './nucleus.js';
import type { Random } from './random.js';
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

/** What cells of one patch have in common. */
export interface CellTraits {
  readonly lymphocyteRadius: number;
  readonly lymphocyteH: number;
  /** Share of darts that lymphoid tissue accepts. */
  readonly lymphocyteDensity: number;
  /** The same for lymphocytes among tumour cells. */
  readonly infiltration: number;
  readonly softness: number;
}

const DARTS_PER_PIXEL = 0.16;

/** Throws darts at the canvas; what a dart becomes depends on the tissue it hits. */
export function placeHealthyCells(canvas: Canvas, crowd: Crowd, traits: CellTraits, random: Random): void {
  const { side } = canvas;
  for (let darts = Math.round(side * side * DARTS_PER_PIXEL); darts > 0; darts--) {
    const y = random.between(-2, side + 1);
    const x = random.between(-2, side + 1);
    const iy = y < 0 ? 0 : y >= side ? side - 1 : Math.floor(y);
    const ix = x < 0 ? 0 : x >= side ? side - 1 : Math.floor(x);
    const chance = random.uniform();
    const cell: Place = { canvas, crowd, traits, random, y, x };
    switch (canvas.tissue[iy * side + ix]) {
      case LYMPHOID:
        if (chance < traits.lymphocyteDensity) chance < 0.025 ? histiocyte(cell) : lymphocyte(cell);
        break;
      case STROMA:
      case TUMOUR_STROMA:
        if (chance < 0.05) spindle(cell);
        else if (chance < 0.05 + 0.3 * traits.infiltration) lymphocyte(cell);
        break;
      case FAT:
        if ((canvas.e[iy * side + ix] as number) > 0.25 && chance < 0.06)
          spindle(cell, membraneAngle(canvas, y, x));
        break;
      case SINUS:
        if (chance < 0.07) lymphocyte(cell);
        else if (chance < 0.13) histiocyte(cell);
        break;
      case GERMINAL:
        if (chance < 0.06) lymphocyte(cell);
        else if (chance < 0.085) tingibleBody(cell);
        else if (chance < 0.8) centroblast(cell);
        break;
      case HISTIOCYTES:
        if (chance < 0.1) histiocyte(cell);
        else if (chance < 0.11) lymphocyte(cell);
        break;
      case PLASMA:
        if (chance < 0.35) plasmaCell(cell);
        else if (chance < 0.4) lymphocyte(cell);
        break;
      case BLOOD:
        if (chance < 0.6) redCell(cell);
        else if (chance < 0.604) lymphocyte(cell);
        break;
      case GLASS:
        if (chance < 0.0015) lymphocyte(cell);
        break;
      case TUMOUR:
        if (chance < 0.25 * traits.infiltration) lymphocyte(cell);
        break;
    }
  }
}

interface Place {
  readonly canvas: Canvas;
  readonly crowd: Crowd;
  readonly traits: CellTraits;
  readonly random: Random;
  readonly y: number;
  readonly x: number;
}

function lymphocyte({ canvas, crowd, traits, random, y, x }: Place): void {
  const radius = random.normal(traits.lymphocyteRadius, 0.3);
  if (!crowd.free(y, x, radius * 0.86)) return;
  crowd.take(y, x, radius * 0.9);
  drawBody(
    canvas,
    {
      y,
      x,
      long: radius * random.between(1, 1.18),
      short: radius * random.between(0.88, 1),
      angle: random.angle(),
      irregular: 0.06,
      h: random.normal(traits.lymphocyteH, 0.22),
      rim: 0.15,
      e: 0.45,
      clump: 0.25,
      opacity: random.between(0.75, 1),
      softness: traits.softness,
    },
    random,
  );
}

function spindle({ canvas, crowd, traits, random, y, x }: Place, along: number = canvas.fibreAngle): void {
  if (!crowd.free(y, x, 3.5)) return;
  const angle = along + random.normal(0, 0.2);
  const long = random.between(4.5, 9);
  for (const at of [-0.6, 0, 0.6])
    crowd.take(y + at * long * sine(angle), x + at * long * cosine(angle), 2.4);
  drawBody(
    canvas,
    {
      y,
      x,
      long,
      short: random.between(1.4, 2.7),
      angle,
      irregular: 0.12,
      h: random.between(0.8, 1.7),
      rim: 0.25,
      e: 0.45,
      clump: 0.2,
      opacity: 0.95,
      softness: traits.softness,
    },
    random,
  );
}

/** Of eight directions the one in which most eosin lies. */
function membraneAngle({ side, e }: Canvas, y: number, x: number): number {
  let best = 0;
  let most = -1;
  for (let k = 0; k < 8; k++) {
    const angle = (k * Math.PI) / 8;
    let sum = 0;
    for (let step = -6; step <= 6; step += 3) {
      const py = clamp(Math.round(y + step * sine(angle)), 0, side - 1);
      const px = clamp(Math.round(x + step * cosine(angle)), 0, side - 1);
      sum += e[py * side + px] as number;
    }
    if (sum > most) {
      most = sum;
      best = angle;
    }
  }
  return best;
}

function centroblast({ canvas, crowd, traits, random, y, x }: Place): void {
  const radius = random.normal(4.1, 0.5);
  if (!crowd.free(y, x, radius * 0.9)) return;
  crowd.take(y, x, radius * 1.02);
  const h = random.between(0.6, 1.15);
  drawBody(
    canvas,
    {
      y,
      x,
      long: radius * random.between(1, 1.2),
      short: radius * random.between(0.85, 1),
      angle: random.angle(),
      irregular: 0.1,
      h,
      rim: 0.5,
      e: 0.45,
      clump: 0.3,
      opacity: random.between(0.7, 0.97),
      softness: traits.softness,
    },
    random,
  );
  // Several small nucleoli at the membrane tell it from a tumour cell's one in the middle.
  for (let k = random.below(4); k > 0; k--) {
    const angle = random.angle();
    drawSpot(canvas, y + 0.6 * radius * sine(angle), x + 0.6 * radius * cosine(angle), 0.6, 0.7, 0.15);
  }
}

function histiocyte({ canvas, crowd, traits, random, y, x }: Place): void {
  const radius = random.normal(4.2, 0.55);
  const reach = radius * random.between(1.5, 1.9);
  if (!crowd.free(y, x, reach * 0.8)) return;
  crowd.take(y, x, reach * 0.85);
  const angle = random.angle();
  cytoplasm(canvas, y, x, reach, random.between(0.25, 0.7), random.between(0.05, 0.3), random);
  drawBody(
    canvas,
    {
      y: y + random.normal(0, 0.8),
      x: x + random.normal(0, 0.8),
      long: radius * random.between(1.05, 1.4),
      short: radius * random.between(0.65, 0.95),
      angle,
      irregular: 0.16,
      h: random.between(0.5, 1),
      rim: 0.5,
      e: 0.4,
      clump: 0.25,
      opacity: random.between(0.7, 0.97),
      softness: traits.softness,
    },
    random,
  );
  if (random.chance(0.4)) drawSpot(canvas, y, x, 0.8, 0.6, 0.2);
}

function plasmaCell({ canvas, crowd, traits, random, y, x }: Place): void {
  const radius = random.normal(3.2, 0.25);
  if (!crowd.free(y, x, radius * 1.3)) return;
  crowd.take(y, x, radius * 1.45);
  const angle = random.angle();
  cytoplasm(canvas, y, x, radius * 1.7, 0.55, 0.5, random);
  const cell: Place = {
    canvas,
    crowd,
    traits,
    random,
    y: y + radius * 0.6 * sine(angle),
    x: x + radius * 0.6 * cosine(angle),
  };
  drawBody(
    canvas,
    {
      y: cell.y,
      x: cell.x,
      long: radius,
      short: radius * 0.92,
      angle: 0,
      irregular: 0.05,
      h: random.normal(traits.lymphocyteH * 0.9, 0.15),
      rim: 0.3,
      e: 0.4,
      clump: 0.3,
      opacity: 1,
      softness: traits.softness,
    },
    random,
  );
}

/** A macrophage full of debris: pale, with dark crumbs. */
function tingibleBody({ canvas, crowd, random, y, x }: Place): void {
  if (!crowd.free(y, x, 5)) return;
  crowd.take(y, x, 5.5);
  cytoplasm(canvas, y, x, 7, 0.16, 0.04, random);
  for (let k = 1 + random.below(3); k > 0; k--) {
    drawSpot(canvas, y + random.normal(0, 2), x + random.normal(0, 2), random.between(0.8, 1.7), 1.5, 0.4);
  }
}

function redCell({ canvas, crowd, traits, random, y, x }: Place): void {
  const radius = random.normal(2.9, 0.2);
  if (!crowd.free(y, x, radius * 0.8)) return;
  crowd.take(y, x, radius * 0.9);
  const e = random.between(0.8, 1.15);
  drawBody(
    canvas,
    {
      y,
      x,
      long: radius * random.between(1, 1.2),
      short: radius * random.between(0.8, 1),
      angle: random.angle(),
      irregular: 0.05,
      h: 0.03,
      rim: 0.03,
      e,
      clump: 0.1,
      opacity: 1,
      softness: traits.softness,
    },
    random,
  );
  if (random.chance(0.5)) drawSpot(canvas, y, x, 0.9, 0, -0.25 * e);
}

/** A cell body around a nucleus, paler at its border, as shrinkage leaves it. */
export function cytoplasm(
  canvas: Canvas,
  y: number,
  x: number,
  radius: number,
  e: number,
  h: number,
  random: Random,
): void {
  drawBody(
    canvas,
    {
      y,
      x,
      long: radius * random.between(1, 1.2),
      short: radius * random.between(0.85, 1),
      angle: random.angle(),
      irregular: 0.15,
      h,
      rim: 0,
      e,
      clump: 0.3,
      opacity: 0.75,
      softness: 1.6,
    },
    random,
  );
}
