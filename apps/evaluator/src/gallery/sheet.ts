import sharp from 'sharp';
import type { Gallery, Panel } from './make.js';
import { toPng } from './png.js';
import { OUTCOMES, type Outcome } from './select.js';

const TITLES: Record<Outcome, string> = {
  tp: 'true positives: tumour, found',
  fn: 'false negatives: tumour, missed',
  fp: 'false positives: no tumour, flagged',
  tn: 'true negatives: no tumour, left alone',
};
const GAP = 8;
const CAPTION = 20;
const TITLE = 34;

/** All panels on one sheet, a row (or more) an outcome. @returns a PNG. */
export async function gallerySheet(
  { panels }: Gallery,
  probabilities: ArrayLike<number>,
  across = 4,
): Promise<Buffer> {
  const side = panels[0]!.patch;
  const views = panels.some((panel) => panel.mask) ? 3 : 2;
  const cell = { width: views * side.width + (views - 1) * 2 + 2 * GAP, height: side.height + CAPTION + GAP };
  const layers: { input: Buffer; left: number; top: number }[] = [];
  const texts: string[] = [];
  let top = GAP;
  for (const outcome of OUTCOMES) {
    const members = panels.filter((panel) => panel.outcome === outcome);
    texts.push(text(GAP, top + 20, 16, `${TITLES[outcome]}${members.length === 0 ? ': none' : ''}`));
    top += TITLE;
    for (const [i, panel] of members.entries()) {
      const x = GAP + (i % across) * cell.width;
      const y = top + Math.floor(i / across) * cell.height;
      for (const [k, picture] of picturesOf(panel).entries()) {
        layers.push({ input: await toPng(picture), left: x + k * (side.width + 2), top: y });
      }
      const caption = `patch ${panel.index} · p = ${probabilities[panel.position]!.toFixed(3)}`;
      texts.push(text(x, y + side.height + 15, 13, caption));
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

function picturesOf(panel: Panel): Panel['patch'][] {
  return [panel.patch, panel.map, ...(panel.mask ? [panel.mask] : [])];
}

function text(x: number, y: number, size: number, content: string): string {
  return `<text x="${x}" y="${y}" font-family="DejaVu Sans, sans-serif" font-size="${size}" fill="#1c1c22">${content}</text>`;
}
