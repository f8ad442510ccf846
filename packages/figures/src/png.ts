import sharp from 'sharp';
import type { Picture } from './draw.js';

export async function toPng({ data, width, height }: Picture): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels: 4 } })
    .png({ compressionLevel: 9 })
    .toBuffer();
}

export function dataUri(png: Buffer): string {
  return `data:image/png;base64,${png.toString('base64')}`;
}

/** White where there is tumour, black elsewhere. */
export async function maskPng(mask: Uint8Array, width: number, height: number): Promise<Buffer> {
  return sharp(
    mask.map((value) => value * 255),
    { raw: { width, height, channels: 1 } },
  )
    .png({ compressionLevel: 9 })
    .toBuffer();
}
