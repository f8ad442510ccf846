import { checkOneOf } from '../check-options.js';
import { XaiError } from '../errors.js';
import { type OkLch, oklab, type Triple, toBytes } from './oklab.js';

/** Colours from the lowest value to the highest, as RGB bytes. */
export interface ColorMap {
  readonly name: string;
  /** A diverging map has its neutral colour in the middle: it is for signed values, with zero there. */
  readonly diverging: boolean;
  /** RGB bytes of entry 0, 1, …: 3 × size. */
  readonly table: Uint8Array;
}

/** 'diverging' for signed maps (blue below zero, pale at zero, red above), 'sequential' for unsigned ones. */
export type ColorMapName = 'diverging' | 'sequential';

const entries: Record<ColorMapName, number> = { diverging: 257, sequential: 256 };
const made = new Map<ColorMapName, ColorMap>();

/**
 * Our own perceptual colour maps: curves through OKLCh, walked at constant speed in OKLab, so
 * that equal steps in value look equal, and within sRGB, whose edge would put kinks in them. Lightness rises steadily in 'sequential', and falls
 * alike on both sides of the middle in 'diverging'. A colour map given is returned as it is.
 * @throws XaiError for an unknown name, or a table that is not 3 bytes a colour.
 */
export function colorMap(name: ColorMapName | ColorMap): ColorMap {
  if (typeof name === 'object' && ArrayBuffer.isView(name?.table)) {
    if (name.table.length > 0 && name.table.length % 3 === 0) return name;
    throw new XaiError(
      'option',
      `colorMap: table must hold 3 bytes a colour, got ${name.table.length} in all.`,
    );
  }
  checkOneOf('colorMap: name', name, Object.keys(entries) as ColorMapName[]);
  let map = made.get(name);
  if (!map) {
    map = { name, diverging: name === 'diverging', table: name === 'diverging' ? diverging() : sequential() };
    made.set(name, map);
  }
  return map;
}

/** Near-black violet through magenta and orange to pale yellow. */
function sequential(): Uint8Array {
  const curve = (t: number): OkLch => [
    0.16 + 0.81 * t,
    0.05 + 0.13 * Math.sin(Math.PI * t) ** 0.8,
    290 + 175 * t,
  ];
  return bytes(evenly(curve, entries.sequential));
}

/** Two arms of equal lightness, from pale to deep blue and deep red. */
function diverging(): Uint8Array {
  const half = (entries.diverging + 1) / 2;
  const arm = (hue: number, turn: number): Triple[] =>
    evenly((t) => [0.965 - 0.465 * t, 0.16 * Math.sin((Math.PI / 2) * t), hue + turn * t], half);
  const blue = arm(240, 15);
  const red = arm(45, -17);
  return bytes([...blue.reverse(), ...red.slice(1)]);
}

/** Points of a curve at equal distances along it in OKLab. */
function evenly(curve: (t: number) => OkLch, count: number): Triple[] {
  const fine = Array.from({ length: 4001 }, (_, i) => oklab(curve(i / 4000)));
  const distance = [0];
  for (let i = 1; i < fine.length; i++) distance.push(distance[i - 1]! + gap(fine[i - 1]!, fine[i]!));
  let at = 0;
  return Array.from({ length: count }, (_, i) => {
    const wanted = (i / (count - 1)) * distance.at(-1)!;
    while (at < fine.length - 1 && distance[at]! < wanted) at++;
    return fine[at]!;
  });
}

function gap(a: Triple, b: Triple): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

function bytes(colors: readonly Triple[]): Uint8Array {
  return Uint8Array.from(colors.flatMap((color) => [...toBytes(color)]));
}
