/*
 * The planar groups of translations with quarter turns (p4) and with mirrors too (p4m): Cohen & Welling 2016, "Group
 * equivariant convolutional networks", arXiv:1602.07576, section 4.
 */

/** Which symmetries a network commutes with: none but translations, quarter turns, or those and mirrors. */
export type Group = 'z2' | 'p4' | 'p4m';

export const groupNames: readonly Group[] = ['z2', 'p4', 'p4m'];

/** An element that keeps the origin in place: the image of (y, x) is (a·y + b·x, c·y + d·x). */
type Turn = readonly [a: number, b: number, c: number, d: number];

const quarter: Turn = [0, -1, 1, 0];
const mirror: Turn = [1, 0, 0, -1];
const identity: Turn = [1, 0, 0, 1];

const quarters = [0, 1, 2, 3].map((count) =>
  Array.from({ length: count }).reduce<Turn>((turn) => after(quarter, turn), identity),
);
const elements: Readonly<Record<Group, readonly Turn[]>> = {
  z2: [identity],
  p4: quarters,
  p4m: [...quarters, ...quarters.map((turn) => after(turn, mirror))],
};

/** How many orientations each feature of a group has. */
export function orderOf(group: Group): number {
  return elements[group].length;
}

/** The number of the orientation that `orientation` becomes under `turn`, both by number. */
export function turnedOrientation(group: Group, turn: number, orientation: number): number {
  const all = elements[group];
  const product = after(all[turn]!, all[orientation]!).join();
  return all.findIndex((element) => element.join() === product);
}

/** The number, row by row, of the cell of a square of `side` cells that the cell number `cell` is turned onto. */
export function turnedCell(group: Group, turn: number, cell: number, side: number): number {
  const [a, b, c, d] = elements[group][turn]!;
  // In half cells from the middle, so that even sides, whose middle lies between cells, turn as well.
  const y = 2 * Math.floor(cell / side) - (side - 1);
  const x = 2 * (cell % side) - (side - 1);
  return ((a * y + b * x + side - 1) / 2) * side + (c * y + d * x + side - 1) / 2;
}

/** `first`, and then `second`. */
function after(second: Turn, first: Turn): Turn {
  const [a, b, c, d] = second;
  const [e, f, g, h] = first;
  return [a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h];
}
