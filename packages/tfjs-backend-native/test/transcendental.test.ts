import { describe, expect, it } from 'vitest';
import '../src/index.js';
import { loadAddon } from '../src/addon.js';
import type { UnaryName } from '../src/addon-elementwise.js';
import { onInstructionSets } from './backends.js';

/** erf by its Taylor series or the continued fraction of erfc, both to float64's precision. */
function erf(x: number): number {
  const size = Math.abs(x);
  if (size < 3) {
    let term = x;
    let sum = x;
    for (let n = 1; n < 120; n++) {
      term *= (-x * x) / n;
      sum += term / (2 * n + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * sum;
  }
  if (size > 7) return Math.sign(x);
  let fraction = size;
  for (let n = 60; n >= 1; n--) fraction = size + n / 2 / fraction;
  return Math.sign(x) * (1 - Math.exp(-x * x) / (fraction * Math.sqrt(Math.PI)));
}

const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

const EXACT: Readonly<Partial<Record<UnaryName, (x: number) => number>>> = {
  Exp: Math.exp,
  Expm1: Math.expm1,
  Log: Math.log,
  Log1p: Math.log1p,
  Sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  Softplus: softplus,
  Tanh: Math.tanh,
  Erf: (x) => (Number.isNaN(x) ? x : erf(x)),
};

/** Floats all over the range: every exponent, both signs, and dense where the functions bend. */
function samples(): Float32Array {
  const all = new Float32Array(1 << 21);
  const bits = new Uint32Array(all.buffer);
  const half = all.length / 2;
  // A step prime to 2^32 visits evenly spread bit patterns.
  for (let i = 0; i < half; i++) bits[i] = Math.imul(i, 0x9e3779b1) >>> 0;
  for (let i = half; i < all.length; i++) all[i] = ((i - half) / half - 0.5) * 220;
  const edges = [0, -0, NaN, Infinity, -Infinity, 1e-45, -1e-45, 1.17549435e-38, 3.4028235e38, -3.4028235e38];
  const bends = [1, -1, 0.625, -0.625, 88.72284, 88.7229, -87.33655, -103.97208, -103.97209, 17.5, -17.5];
  all.set([...edges, ...bends]);
  return all;
}

/** Of float32 near x, subnormals included. */
function lastPlace(x: number): number {
  return 2 ** Math.max(-149, Math.floor(Math.log2(Math.abs(x))) - 23);
}

function worst(got: Float32Array, x: Float32Array, exact: (x: number) => number): [ulps: number, at: number] {
  let most: [number, number] = [0, 0];
  for (let i = 0; i < x.length; i++) {
    const wanted = exact(x[i]!);
    const rounded = Math.fround(wanted);
    const value = got[i]!;
    if (Object.is(rounded, value) || rounded === value) continue;
    const ulps =
      Number.isFinite(rounded) && wanted !== 0 ? Math.abs(value - wanted) / lastPlace(wanted) : Infinity;
    if (!(ulps <= most[0])) most = [ulps, x[i]!];
  }
  return most;
}

describe.each(Object.entries(EXACT))('%s', (name, exact) => {
  it('is within three units in the last place of float64, everywhere', () => {
    const x = samples();
    const y = new Float32Array(x.length);
    onInstructionSets((isa) => {
      loadAddon().unary[name as UnaryName](x, y, 0, 0);
      const [ulps, at] = worst(y, x, exact);
      expect(ulps, `${isa}, at ${at}`).toBeLessThanOrEqual(3);
    });
  });
});
