import { type PatchPictures, sheet, toPng } from '@pcam/figures';
import { sigmoid } from '@pcam/metrics';
import { toCsv } from './formats.js';
import { type Gallery, gallerySheet } from './gallery.js';
import { describeMask, type Segmentation } from './segmentation.js';
import { outcomeOf } from './select-examples.js';

type Write = (name: string, content: Uint8Array) => void;

/** `predictions.csv`: a row a patch. `probability` is calibrated: by the run's temperature. */
export function predictionRows(
  { index, labels, logits }: { index: Int32Array; labels: Uint8Array; logits: Float32Array },
  probabilities: Float64Array,
  threshold: number,
  slides: readonly string[] | undefined,
): string {
  return toCsv({
    index,
    ...(slides && { slide: slides }),
    label: labels,
    logit: Array.from(logits, (logit) => logit.toPrecision(7)),
    probability: Array.from(probabilities, (p) => p.toFixed(6)),
    uncalibrated_probability: Array.from(logits, (logit) => sigmoid(logit).toFixed(6)),
    predicted: Array.from(probabilities, (p) => (p >= threshold ? 1 : 0)),
    outcome: Array.from(probabilities, (p, i) => outcomeOf(p, labels[i]!, threshold)),
  });
}

/** The sheet of all panels, and each picture by itself. */
export async function writeGallery(
  gallery: Gallery,
  probabilities: ArrayLike<number>,
  write: Write,
): Promise<void> {
  write('gallery.png', await gallerySheet(gallery, probabilities));
  for (const panel of gallery.panels) {
    await writePictures(panel, `gallery/${panel.outcome}-${panel.index}`, write);
  }
}

/** The sheet of segmented patches, and each picture by itself. */
export async function writeSegmentation({ examples, estimates }: Segmentation, write: Write): Promise<void> {
  if (examples.length === 0) return;
  const members = examples.map((example) => ({
    ...example,
    caption: `patch ${example.index} · ${describeMask(example)}`,
  }));
  const title = estimates
    ? 'patch, map and outlines (green: the true mask; yellow dashes: cut from the map), from the best overlap to the worst'
    : 'patch, map and outline (yellow dashes: cut from the map), from the largest mask to the smallest';
  write('segmentation.png', await sheet([{ title, members }]));
  for (const example of examples) await writePictures(example, `segmentation/${example.index}`, write);
}

async function writePictures({ patch, map, mask }: PatchPictures, name: string, write: Write): Promise<void> {
  write(`${name}-patch.png`, await toPng(patch));
  write(`${name}-map.png`, await toPng(map));
  if (mask) write(`${name}-mask.png`, await toPng(mask));
}
