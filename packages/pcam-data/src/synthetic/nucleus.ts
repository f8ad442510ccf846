import { cosine, sine } from './arithmetic.js';
import type { Canvas } from './canvas.js';
import { NOISE_MASK, noise } from './noise.js';
import type { Random } from './random.js';

/** A nucleus, or any other body with an outline: a red cell, a cell's cytoplasm. */
export interface Body {
  readonly y: number;
  readonly x: number;
  /** Half axes in pixels, the first along `angle`. */
  readonly long: number;
  readonly short: number;
  readonly angle: number;
  /** How far the outline departs from an ellipse, as a share of the radius. */
  readonly irregular: number;
  /** Haematoxylin inside, and what the membrane adds to it. */
  readonly h: number;
  readonly rim: number;
  readonly e: number;
  /** Relative strength of the chromatin's texture. */
  readonly clump: number;
  /** How much of what lies below is replaced, 0–1. */
  readonly opacity: number;
  readonly softness: number;
}

/** Lays a body over what is there. */
export function drawBody(canvas: Canvas, body: Body, random: Random): void {
  const { side } = canvas;
  const { grain, patchy } = noise();
  const ny = random.below(256);
  const nx = random.below(256);
  const c = cosine(body.angle);
  const s = sine(body.angle);
  const bumps3 = 0.5 * body.irregular * random.between(-1, 1);
  const bumps2 = 0.7 * body.irregular * random.between(-1, 1);
  const bumps4 = 0.5 * body.irregular * random.between(-1, 1);
  const reach = body.long * (1.1 + body.irregular) + body.softness;
  const y0 = Math.max(0, Math.floor(body.y - reach));
  const y1 = Math.min(side - 1, Math.ceil(body.y + reach));
  const x0 = Math.max(0, Math.floor(body.x - reach));
  const x1 = Math.min(side - 1, Math.ceil(body.x + reach));
  const ragged = 0.7 * body.irregular;
  const perLong = 1 / body.long;
  const perShort = 1 / body.short;
  const sharp = body.short / body.softness;
  for (let y = y0; y <= y1; y++) {
    const dy = y - body.y;
    for (let x = x0; x <= x1; x++) {
      const dx = x - body.x;
      const u = (dx * c + dy * s) * perLong;
      const v = (dy * c - dx * s) * perShort;
      const r2 = u * u + v * v;
      if (r2 > 2.2) continue;
      // cos 3θ, sin 2θ and cos 4θ as polynomials on the unit circle: bumps without an arctangent.
      const n = (((y + ny) & NOISE_MASK) << 8) | ((x + nx) & NOISE_MASK);
      const r =
        Math.sqrt(r2) +
        bumps3 * u * (u * u - 3 * v * v) +
        bumps2 * 2 * u * v +
        bumps4 * (1 - 8 * u * u * v * v) +
        ragged * (patchy[n] as number);
      const edge = (1 - r) * sharp + 0.5;
      if (edge <= 0) continue;
      const cover = Math.min(1, edge) * body.opacity;
      const t = grain[n] as number;
      const outer = r > 0.6 ? (r - 0.6) * 3 : 0;
      const h = body.h * (1 + body.clump * t) + body.rim * Math.min(1, outer);
      const i = y * side + x;
      const h0 = canvas.h[i] as number;
      const e0 = canvas.e[i] as number;
      canvas.h[i] = h0 + cover * (Math.max(0, h) - h0);
      canvas.e[i] = e0 + cover * (body.e - e0);
    }
  }
}

/** Adds a small round spot: a nucleolus, debris. */
export function drawSpot(canvas: Canvas, y: number, x: number, radius: number, h: number, e: number): void {
  const { side } = canvas;
  const reach = radius + 1;
  const y0 = Math.max(0, Math.floor(y - reach));
  const y1 = Math.min(side - 1, Math.ceil(y + reach));
  const x0 = Math.max(0, Math.floor(x - reach));
  const x1 = Math.min(side - 1, Math.ceil(x + reach));
  for (let py = y0; py <= y1; py++) {
    for (let px = x0; px <= x1; px++) {
      const edge = radius + 0.5 - Math.sqrt((py - y) * (py - y) + (px - x) * (px - x));
      if (edge <= 0) continue;
      const cover = Math.min(1, edge);
      const i = py * side + px;
      canvas.h[i] = (canvas.h[i] as number) + cover * h;
      canvas.e[i] = (canvas.e[i] as number) + cover * e;
    }
  }
}
