// Engines may differ in the last bit of Math.exp, Math.sin and their kin, and one bit
// can turn a rounded pixel. The generator therefore keeps to + - * / and Math.sqrt, which
// IEEE 754 fixes, so that the same seed gives the same bytes everywhere.

const TWO_PI = 2 * Math.PI;

/** sin x, to about 1e-7. */
export function sine(x: number): number {
  const t = x - TWO_PI * Math.floor(x / TWO_PI + 0.5);
  let term = t;
  let sum = t;
  for (let k = 1; k <= 9; k++) {
    term *= (-t * t) / (2 * k * (2 * k + 1));
    sum += term;
  }
  return sum;
}

/** cos x, to about 1e-7. */
export function cosine(x: number): number {
  return sine(x + TWO_PI / 4);
}

/** e^x for |x| up to about 30, to a relative error below 1e-8. */
export function exponential(x: number): number {
  const r = x / 256;
  let value = 1 + r * (1 + (r / 2) * (1 + (r / 3) * (1 + (r / 4) * (1 + (r / 5) * (1 + r / 6)))));
  for (let k = 0; k < 8; k++) value *= value;
  return value;
}

export function clamp(x: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, x));
}
