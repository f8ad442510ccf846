/** The formulas of test/fixtures/make_official.py. */
export const N = 7;
export const H = 32;
export const W = 40;

export function pixels(i: number, height: number = H, width: number = W): Uint8Array {
  const out = new Uint8Array(height * width * 3);
  for (let y = 0, k = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++, k++) out[k] = (i * 31 + y * 7 + x * 3 + c * 11) % 251;
  return out;
}

export const label = (i: number): number => Number(i % 3 === 1);

export function mask(i: number): Uint8Array {
  const out = new Uint8Array(H * W);
  for (let y = 0; y < H; y++)
    for (let x = 0; x < W; x++) {
      const centre = y >= H / 2 - 3 && y < H / 2 + 3 && x >= W / 2 - 2 && x < W / 2 + 5;
      if ((label(i) === 1 && centre) || (i === 3 && x === 0)) out[y * W + x] = 1;
    }
  return out;
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}
