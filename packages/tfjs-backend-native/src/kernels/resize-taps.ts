import type { Taps } from '../addon-resize.js';

export interface Sampling {
  readonly by: 'bilinear' | 'nearest';
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

/** Where each place of an axis of the new size is sampled in the old one, as tfjs's cpu backend does it. */
export function taps(oldSize: number, newSize: number, sampling: Sampling): Taps {
  const places: number[] = [];
  const weights: number[] = [];
  const starts = new Int32Array(newSize + 1);
  for (let i = 0; i < newSize; i++) {
    for (const [place, weight] of samples(i, oldSize, newSize, sampling)) {
      places.push(place);
      weights.push(weight);
    }
    starts[i + 1] = places.length;
  }
  return {
    in: oldSize,
    out: newSize,
    starts,
    places: Int32Array.from(places),
    weights: Float32Array.from(weights),
  };
}

function samples(i: number, oldSize: number, newSize: number, sampling: Sampling): [number, number][] {
  const { by, alignCorners, halfPixelCenters } = sampling;
  const spans = alignCorners && newSize > 1 ? 1 : 0;
  const ratio = (oldSize - spans) / (newSize - spans);
  const inside = (place: number): number => Math.min(oldSize - 1, Math.max(0, place));
  const at = ratio * (halfPixelCenters ? i + 0.5 : i);
  if (by === 'nearest') return [[inside(alignCorners ? Math.round(at) : Math.floor(at)), 1]];
  const exact = halfPixelCenters ? at - 0.5 : at;
  const low = inside(Math.floor(exact));
  const high = inside(Math.ceil(exact));
  if (low === high) return [[low, 1]];
  return [
    [low, 1 - (exact - low)],
    [high, exact - low],
  ];
}

/** The same entries by where they lie in the old axis. */
export function transposed(taps: Taps): Taps {
  const starts = new Int32Array(taps.in + 1);
  for (const place of taps.places) starts[place + 1]!++;
  for (let i = 0; i < taps.in; i++) starts[i + 1]! += starts[i]!;
  const next = starts.slice(0, taps.in);
  const places = new Int32Array(taps.places.length);
  const weights = new Float32Array(taps.places.length);
  for (let i = 0; i < taps.out; i++) {
    for (let entry = taps.starts[i]!; entry < taps.starts[i + 1]!; entry++) {
      const to = next[taps.places[entry]!]!++;
      places[to] = i;
      weights[to] = taps.weights[entry]!;
    }
  }
  return { in: taps.out, out: taps.in, starts, places, weights };
}
