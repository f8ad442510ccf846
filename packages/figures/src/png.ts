import sharp from 'sharp';
import type { Picture } from './picture.js';

/** The bytes of a picture. @returns a PNG. */
export async function toPng({ data, width, height }: Picture): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels: 4 } })
    .png({ compressionLevel: 9 })
    .toBuffer();
}

/** White where there is tumour, black elsewhere. @param mask 0 or 1, `[height, width]`. @returns a PNG. */
export async function maskPng(mask: Uint8Array, width: number, height: number): Promise<Buffer> {
  return sharp(
    mask.map((value) => value * 255),
    { raw: { width, height, channels: 1 } },
  )
    .png({ compressionLevel: 9 })
    .toBuffer();
}

/** For an `img` of a page. */
export function dataUri(png: Buffer): string {
  return `data:image/png;base64,${png.toString('base64')}`;
}

/** A picture on a sheet; its corner in pixels from the top left. */
export interface PlacedPicture {
  readonly picture: Picture;
  readonly left: number;
  readonly top: number;
}

/** A line of text on a sheet. */
export interface PlacedText {
  readonly text: string;
  /** Where it begins (or, with `centred`, has its middle), and its base line. */
  readonly x: number;
  readonly y: number;
  /** Height of the letters in pixels. */
  readonly size: number;
  readonly centred?: boolean;
}

/** What stands where on a sheet. */
export interface SheetContent {
  readonly width: number;
  readonly height: number;
  readonly pictures: readonly PlacedPicture[];
  readonly texts: readonly PlacedText[];
  /** Of 256 colours, which makes a third of the bytes. Default false. */
  readonly palette?: boolean;
}

/** Pictures and texts on white. @returns a PNG. */
export async function sheetPng({
  width,
  height,
  pictures,
  texts,
  palette = false,
}: SheetContent): Promise<Buffer> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${texts.map(textSvg).join('')}</svg>`;
  const layers = pictures.map(({ picture: { data, ...size }, left, top }) => ({
    input: Buffer.from(data.buffer, data.byteOffset, data.byteLength),
    raw: { width: size.width, height: size.height, channels: 4 as const },
    left,
    top,
  }));
  return sharp({ create: { width, height, channels: 3, background: 'white' } })
    .composite([...layers, { input: Buffer.from(svg), left: 0, top: 0 }])
    .png({ compressionLevel: 9, ...(palette && { palette, colours: 256, dither: 0 }) })
    .toBuffer();
}

function textSvg({ text, x, y, size, centred }: PlacedText): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x}" y="${y}"${centred ? ' text-anchor="middle"' : ''} font-family="DejaVu Sans, sans-serif" font-size="${size}" fill="#1c1c22">${escaped}</text>`;
}
