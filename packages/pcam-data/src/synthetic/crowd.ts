import { clamp } from './arithmetic.js';

const TEST_Y = [0, 0, 0, 1, -1, 0.7, 0.7, -0.7, -0.7];
const TEST_X = [0, 1, -1, 0, 0, 0.7, -0.7, 0.7, -0.7];

/** Which pixels cells already take, so that cells touch but hardly overlap. */
export class Crowd {
  private readonly side: number;
  private readonly taken: Uint8Array;

  constructor(side: number) {
    this.side = side;
    this.taken = new Uint8Array(side * side);
  }

  /** Whether a disc finds room; what lies outside the canvas is free. */
  free(y: number, x: number, radius: number): boolean {
    for (let k = 0; k < TEST_Y.length; k++) {
      const py = Math.round(y + radius * (TEST_Y[k] as number));
      const px = Math.round(x + radius * (TEST_X[k] as number));
      if (py < 0 || px < 0 || py >= this.side || px >= this.side) continue;
      if (this.taken[py * this.side + px]) return false;
    }
    return true;
  }

  take(y: number, x: number, radius: number): void {
    const last = this.side - 1;
    const y0 = clamp(Math.ceil(y - radius), 0, last);
    const y1 = clamp(Math.floor(y + radius), 0, last);
    const x0 = clamp(Math.ceil(x - radius), 0, last);
    const x1 = clamp(Math.floor(x + radius), 0, last);
    for (let py = y0; py <= y1; py++) {
      for (let px = x0; px <= x1; px++) {
        if ((py - y) * (py - y) + (px - x) * (px - x) <= radius * radius) this.taken[py * this.side + px] = 1;
      }
    }
  }
}
