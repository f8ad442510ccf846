import type { MaskScores, SegmentationScores } from '../src/score.js';
import type { CellResult } from '../src/synthetic.js';

/** Results made by hand. */

const masks: MaskScores = { threshold: 0.5, dice: 0.6, iou: 0.4, f1Negative: 0.9 };

export function scored(value: number, ci95: readonly [number, number] | null = [value - 0.02, value + 0.04]) {
  return { value, ci95 };
}

export function segmented(pixelAp: number, otsu: Partial<MaskScores> = {}): SegmentationScores {
  return { pixelAp: scored(pixelAp), pixelAuroc: 0.8, otsu: { ...masks, ...otsu }, bestF1: masks };
}

export function network(
  training: CellResult['training'],
  lambda: number,
  seed: number,
  rest: Partial<CellResult> = {},
): CellResult {
  const auroc = training === 'masks' ? null : scored(0.9);
  return { training, lambda, seed, secondsPerEpoch: 10, auroc, maps: {}, ...rest };
}
