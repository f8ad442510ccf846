/* Batch norm in training and its first two gradients, in double. */
import { expect } from 'vitest';
import type { Result } from '../against-cpu.js';

export interface Moments {
  mean: number[];
  variance: number[];
}

export interface Case {
  readonly x: ArrayLike<number>;
  readonly channels: number;
  readonly weight: ArrayLike<number>;
  readonly bias: ArrayLike<number>;
  readonly rectified: boolean;
}

export const epsilon = 1e-3;

/** Per channel, over values of rows of channels, in double. */
function perChannel(length: number, channels: number, value: (i: number) => number): number[] {
  const sums = new Array<number>(channels).fill(0);
  for (let i = 0; i < length; i++) sums[i % channels]! += value(i);
  return sums;
}

export function moments({ x, channels }: Case): Moments {
  const rows = x.length / channels;
  const mean = perChannel(x.length, channels, (i) => x[i]! / rows);
  return { mean, variance: perChannel(x.length, channels, (i) => (x[i]! - mean[i % channels]!) ** 2 / rows) };
}

/** The definition, in double. */
export function forward(of: Case): { y: number[]; normalised: number[]; inverse: number[] } & Moments {
  const { mean, variance } = moments(of);
  const inverse = variance.map((v) => 1 / Math.sqrt(v + epsilon));
  const at = (i: number): number => i % of.channels;
  const normalised = Array.from(of.x, (v, i) => (v - mean[at(i)]!) * inverse[at(i)]!);
  const y = normalised.map((v, i) => v * of.weight[at(i)]! + of.bias[at(i)]!);
  const rectify = (v: number): number => (of.rectified && v < 0 ? 0 : v);
  return { y: y.map(rectify), normalised, inverse, mean, variance };
}

/** Ioffe & Szegedy 2015, section 3, in double. */
export function gradient(
  of: Case,
  dy: ArrayLike<number>,
): { dx: number[]; dWeight: number[]; dBias: number[] } {
  const { channels, weight, rectified } = of;
  const rows = of.x.length / channels;
  const { y, normalised, inverse } = forward(of);
  const at = (i: number): number => i % channels;
  const dz = Array.from(dy, (v, i) => (rectified && y[i]! <= 0 ? 0 : v));
  const dBias = perChannel(dz.length, channels, (i) => dz[i]!);
  const dWeight = perChannel(dz.length, channels, (i) => dz[i]! * normalised[i]!);
  const dx = dz.map((v, i) => {
    const c = at(i);
    return weight[c]! * inverse[c]! * (v - dBias[c]! / rows - (normalised[i]! * dWeight[c]!) / rows);
  });
  return { dx, dWeight, dBias };
}

/** The slopes of Σ v · dx along dy, x and weight. */
export function secondGradient(
  of: Case,
  dy: ArrayLike<number>,
  v: ArrayLike<number>,
): { dDy: number[]; dx: number[]; dWeight: number[] } {
  const { channels, weight, rectified } = of;
  const rows = of.x.length / channels;
  const { y, normalised, inverse } = forward(of);
  const at = (i: number): number => i % channels;
  const means = (value: (i: number) => number): number[] =>
    perChannel(of.x.length, channels, (i) => value(i) / rows);
  const open = (value: number, i: number): number => (rectified && y[i]! <= 0 ? 0 : value);
  const dz = Array.from(dy, open);
  const dzAlong = means((i) => dz[i]! * normalised[i]!);
  const meanOfV = means((i) => v[i]!);
  const vAlong = means((i) => v[i]! * normalised[i]!);
  const off = (i: number): number => v[i]! - meanOfV[at(i)]! - normalised[i]! * vAlong[at(i)]!;
  // mean(v dz) − mean(v) mean(dz) − mean(v x̂) mean(dz x̂)
  const common = means((i) => off(i) * dz[i]!);
  const scale = (i: number): number => weight[at(i)]! * inverse[at(i)]!;
  // Through x̂, and through 1/√(σ² + ε).
  const h = normalised.map((_, i) => -scale(i) * (dzAlong[at(i)]! * v[i]! + vAlong[at(i)]! * dz[i]!));
  const meanOfH = means((i) => h[i]!);
  const hAlong = means((i) => h[i]! * normalised[i]!);
  const dx = h.map((value, i) => {
    const c = at(i);
    const through = value - meanOfH[c]! - normalised[i]! * hAlong[c]!;
    return inverse[c]! * (through - scale(i) * common[c]! * normalised[i]!);
  });
  return {
    dDy: normalised.map((_, i) => open(scale(i) * off(i), i)),
    dx,
    dWeight: common.map((value, c) => rows * inverse[c]! * value),
  };
}

export function expectNear(own: Result, wanted: readonly number[], tolerance: number): void {
  expect(own.values.length).toBe(wanted.length);
  wanted.forEach((value, i) => {
    const got = own.values[i]!;
    if (Number.isNaN(value) && Number.isNaN(got)) return;
    if (!(Math.abs(got - value) <= tolerance * (1 + Math.abs(value)))) expect(got, `value ${i}`).toBe(value);
  });
}
