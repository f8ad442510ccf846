import sharp from 'sharp';
import type { PatchPictures } from './patch-pictures.js';
import { toPng } from './png.js';

const GAP = 8;
const CAPTION = 20;
const TITLE = 34;

export interface SheetSection {
  readonly title: string;
  readonly members: readonly (PatchPictures & { readonly caption: string })[];
}

/** Sections of patches, at most `most` in a row, each with its map and its outlines. @returns a PNG. */
export async function sheet(sections: readonly SheetSection[], most = 4): Promise<Buffer> {
  // No wider than what is shown.
  const across = Math.min(most, Math.max(...sections.map(({ members }) => members.length)));
  const all = sections.flatMap(({ members }) => members);
  const side = all[0]!.patch;
  const views = all.some(({ mask }) => mask) ? 3 : 2;
  const cell = { width: views * side.width + (views - 1) * 2 + 2 * GAP, height: side.height + CAPTION + GAP };
  const layers: { input: Buffer; left: number; top: number }[] = [];
  const texts: string[] = [];
  let top = GAP;
  for (const { title, members } of sections) {
    texts.push(text(GAP, top + 20, 16, title));
    top += TITLE;
    for (const [i, member] of members.entries()) {
      const x = GAP + (i % across) * cell.width;
      const y = top + Math.floor(i / across) * cell.height;
      for (const [k, picture] of picturesOf(member).entries()) {
        layers.push({ input: await toPng(picture), left: x + k * (side.width + 2), top: y });
      }
      texts.push(text(x, y + side.height + 15, 13, member.caption));
    }
    top += Math.ceil(members.length / across) * cell.height;
  }
  const width = across * cell.width + GAP;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${top}">${texts.join('')}</svg>`;
  return sharp({ create: { width, height: top, channels: 3, background: 'white' } })
    .composite([...layers, { input: Buffer.from(svg), left: 0, top: 0 }])
    .png({ compressionLevel: 9 })
    .toBuffer();
}

function picturesOf({ patch, map, mask }: PatchPictures): PatchPictures['patch'][] {
  return [patch, map, ...(mask ? [mask] : [])];
}

function text(x: number, y: number, size: number, content: string): string {
  return `<text x="${x}" y="${y}" font-family="DejaVu Sans, sans-serif" font-size="${size}" fill="#1c1c22">${content}</text>`;
}
