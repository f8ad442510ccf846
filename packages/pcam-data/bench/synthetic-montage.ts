// Draws docs/synthetic.png: two rows of synthetic patches, negatives above positives, the
// tumour's outline in green in the right half.
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { createSyntheticDataset, type Dataset } from '../src/index.js';

const SIZE = 96;
const COLUMNS = 7;
const PITCH = SIZE + 2;
const width = COLUMNS * PITCH - 2;
const height = 2 * PITCH - 2;
const picture = new Uint8Array(width * height * 3).fill(255);
const dataset: Dataset = createSyntheticDataset({ seed: 6, n: 80 });

async function place(index: number, row: number, column: number, outlined: boolean): Promise<void> {
  const { images, masks } = await dataset.read([index]);
  const tumour = (y: number, x: number): number =>
    masks?.[Math.min(y, SIZE - 1) * SIZE + Math.min(x, SIZE - 1)] ?? 0;
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) {
      const edge = outlined && (tumour(y, x) !== tumour(y + 1, x) || tumour(y, x) !== tumour(y, x + 1));
      const from = (y * SIZE + x) * 3;
      const rgb = edge ? [0, 230, 0] : images.subarray(from, from + 3);
      picture.set(rgb, ((row * PITCH + y) * width + column * PITCH + x) * 3);
    }
  }
}

/** Whether the patch shows both tumour and healthy tissue. */
async function isMixed(index: number): Promise<boolean> {
  const { masks } = await dataset.read([index]);
  return masks?.includes(0) === true && masks.includes(1);
}

for (const label of [0, 1]) {
  let column = 0;
  for (let i = 0; column < COLUMNS; i++) {
    const outlined = column >= COLUMNS / 2;
    if (dataset.labels[i] !== label || (outlined && !(await isMixed(i)))) continue;
    await place(i, label, column++, outlined);
  }
}
await sharp(picture, { raw: { width, height, channels: 3 } })
  .png({ palette: true, colours: 160, dither: 0.6, compressionLevel: 9, effort: 10 })
  .toFile(fileURLToPath(new URL('../docs/synthetic.png', import.meta.url)));
