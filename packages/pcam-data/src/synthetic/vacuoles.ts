import type { Random } from './random.js';

/** Membranes between vacuoles of 40–90 µm: 1 in a membrane, 0 in the fat. */
export function createFat(side: number, random: Random): (y: number, x: number) => number {
  const spacing = random.between(38, 70);
  const thickness = random.between(0.6, 1.5);
  const corner = random.between(4, 12);
  const ys: number[] = [];
  const xs: number[] = [];
  for (let y = -spacing; y < side + spacing; y += spacing) {
    for (let x = -spacing; x < side + spacing; x += spacing) {
      ys.push(y + random.between(0, spacing));
      xs.push(x + random.between(0, spacing));
    }
  }
  return (y, x) => {
    let first = 1e9;
    let second = 1e9;
    let third = 1e9;
    for (let k = 0; k < ys.length; k++) {
      const dy = y - (ys[k] as number);
      const dx = x - (xs[k] as number);
      const d = Math.sqrt(dy * dy + dx * dx);
      if (d < first) {
        third = second;
        second = first;
        first = d;
      } else if (d < second) {
        third = second;
        second = d;
      } else if (d < third) third = d;
    }
    // Three vacuoles leave a wedge of tissue where they meet.
    const wedge = third - first < corner ? (corner - (third - first)) * 0.5 : 0;
    const depth = thickness + wedge - (second - first) * 0.5;
    return Math.max(0, Math.min(1, depth));
  };
}
