import { describe, expect, it } from 'vitest';
import { FigureError } from './errors.js';
import { enlarge, outlineCentre, outlineMask, type Picture, toPicture } from './picture.js';

const pixel = ({ data, width }: Picture, x: number, y: number) => [
  ...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4),
];
const black = (side: number) => toPicture(new Uint8Array(side * side * 3), side, side);

describe('pictures', () => {
  it('enlarge without mixing pixels', () => {
    const large = enlarge(toPicture([10, 20, 30, 40, 50, 60], 2, 1), 3);
    expect([large.width, large.height]).toEqual([6, 3]);
    expect(pixel(large, 2, 2)).toEqual([10, 20, 30, 255]);
    expect(pixel(large, 3, 0)).toEqual([40, 50, 60, 255]);
  });

  it('refuse an option that nobody reads', () => {
    expect(() => outlineMask(black(4), new Uint8Array(16), 1, [0, 0, 0], { widht: 1 } as never)).toThrow(
      new FigureError("outlineMask: unknown option 'widht'; did you mean 'width'?"),
    );
  });

  it('outline the centre where PCam has its label', () => {
    const picture = black(96);
    outlineCentre(picture, 32, [255, 255, 255]);
    expect(pixel(picture, 32, 32)).toEqual([255, 255, 255, 255]);
    expect(pixel(picture, 63, 63 - 5)).not.toEqual(pixel(picture, 48, 48));
    expect(pixel(picture, 48, 48)).toEqual([0, 0, 0, 255]);
    expect(pixel(picture, 31, 31)).toEqual([0, 0, 0, 255]);
  });

  it('outline a mask from the inside and leave its middle and the rest alone', () => {
    const picture = black(12);
    const mask = Array.from({ length: 36 }, (_, i) => (i % 6 >= 1 && i % 6 <= 4 && i >= 6 && i < 30 ? 1 : 0));
    outlineMask(picture, mask, 2, [0, 255, 0]);
    expect(pixel(picture, 2, 2)).toEqual([0, 255, 0, 255]);
    expect(pixel(picture, 5, 5)).toEqual([0, 0, 0, 255]);
    expect(pixel(picture, 1, 1)).toEqual([0, 0, 0, 255]);
  });

  it('outline a mask in dashes that leave half of a line below', () => {
    const picture = black(64);
    const everything = new Uint8Array(32 * 32).fill(1);
    outlineMask(picture, everything, 2, [0, 255, 0]);
    outlineMask(picture, everything, 2, [255, 255, 0], { dashed: true });
    const top = Array.from({ length: 64 }, (_, x) => pixel(picture, x, 0).join());
    expect(top.filter((colour) => colour === '0,255,0,255')).toHaveLength(32);
    expect(top.filter((colour) => colour === '255,255,0,255')).toHaveLength(32);
  });

  it('outline nothing of an empty mask', () => {
    const picture = black(8);
    outlineMask(picture, new Uint8Array(16), 2, [0, 255, 0]);
    expect(picture).toEqual(black(8));
  });
});
