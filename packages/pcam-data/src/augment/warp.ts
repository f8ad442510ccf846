import { reflect } from './geometry.js';

/**
 * Rotates a patch about its centre by `degrees` counter-clockwise and scales it by `scale`
 * (> 1 enlarges), edges reflected: images bilinear, masks nearest.
 *
 * @param image RGB, `[height, width, 3]`; `imageOut` receives the result and may not be `image`.
 * @param mask `[height, width]`, with `maskOut`, where there is one.
 */
export function warp(
  image: Uint8Array,
  imageOut: Uint8Array,
  mask: Uint8Array | undefined,
  maskOut: Uint8Array | undefined,
  height: number,
  width: number,
  degrees: number,
  scale: number,
): void {
  const angle = (degrees * Math.PI) / 180;
  const cos = Math.cos(angle) / scale;
  const sin = Math.sin(angle) / scale;
  const midY = (height - 1) / 2;
  const midX = (width - 1) / 2;
  const line = width * 3;
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      // With y pointing down, a counter-clockwise turn of the picture is undone by these.
      const fromX = cos * (x - midX) - sin * (y - midY) + midX;
      const fromY = sin * (x - midX) + cos * (y - midY) + midY;
      const x0 = Math.floor(fromX);
      const y0 = Math.floor(fromY);
      const wx = fromX - x0;
      const wy = fromY - y0;
      const inside = x0 >= 0 && y0 >= 0 && x0 < width - 1 && y0 < height - 1;
      const left = inside ? x0 * 3 : reflect(x0, width) * 3;
      const right = inside ? left + 3 : reflect(x0 + 1, width) * 3;
      const top = (inside ? y0 : reflect(y0, height)) * line;
      const bottom = inside ? top + line : reflect(y0 + 1, height) * line;
      for (let c = 0; c < 3; c++) {
        const above = image[top + left + c]! * (1 - wx) + image[top + right + c]! * wx;
        const below = image[bottom + left + c]! * (1 - wx) + image[bottom + right + c]! * wx;
        imageOut[at * 3 + c] = above * (1 - wy) + below * wy + 0.5;
      }
      if (mask && maskOut) {
        maskOut[at] = mask[reflect(Math.round(fromY), height) * width + reflect(Math.round(fromX), width)]!;
      }
    }
  }
}
