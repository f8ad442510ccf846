import { checkCount, FigureError } from './errors.js';
import type { PatchPictures } from './patches.js';
import { type PlacedPicture, type PlacedText, sheetPng } from './png.js';

const GAP = 8;
const CAPTION = 20;
const TITLE = 34;

/** Patches under a title. */
export interface SheetSection {
  readonly title: string;
  readonly members: readonly (PatchPictures & { readonly caption: string })[];
}

/**
 * Sections of patches of one size, at most `most` in a row, each with its map and its outlines.
 *
 * @returns a PNG.
 * @throws FigureError where there are no patches, or `most` is no number of them.
 */
export async function sheet(sections: readonly SheetSection[], most = 4): Promise<Buffer> {
  checkCount('sheet: most', most);
  // No wider than what is shown.
  const across = Math.min(most, Math.max(...sections.map(({ members }) => members.length)));
  const all = sections.flatMap(({ members }) => members);
  const side = all[0]?.patch;
  if (!side) throw new FigureError('sheet: there are no patches to show');
  const views = all.some(({ mask }) => mask) ? 3 : 2;
  const cell = { width: views * side.width + (views - 1) * 2 + 2 * GAP, height: side.height + CAPTION + GAP };
  const pictures: PlacedPicture[] = [];
  const texts: PlacedText[] = [];
  let height = GAP;
  for (const { title, members } of sections) {
    texts.push({ text: title, x: GAP, y: height + 20, size: 16 });
    height += TITLE;
    for (const [i, { patch, map, mask, caption }] of members.entries()) {
      const x = GAP + (i % across) * cell.width;
      const y = height + Math.floor(i / across) * cell.height;
      for (const [k, picture] of [patch, map, ...(mask ? [mask] : [])].entries()) {
        pictures.push({ picture, left: x + k * (side.width + 2), top: y });
      }
      texts.push({ text: caption, x, y: y + side.height + 15, size: 13 });
    }
    height += Math.ceil(members.length / across) * cell.height;
  }
  return sheetPng({ width: across * cell.width + GAP, height, pictures, texts });
}
