import { maskMeasures, PIXEL_MEASURES } from '@pcam/evaluation';
import { INFERENCES, type Inference } from '../maps.js';
import type { Cut, SegmentationScores } from '../score.js';
import type { CellResult } from '../synthetic.js';
import { type Cell, decimals, type MarkdownRow, markdownTable, rangeCell, scoredCell } from './markdown.js';
import { NAME_HEADING, namesOf, rowsOf, sameSeed } from './rows.js';
import { median, summarize, summarizeScored } from './statistics.js';

const MAPS = Object.keys(INFERENCES) as Inference[];

/**
 * AUROC of the label and pooled average precision of pixels, by what was constrained in training and by the map
 * that is drawn afterwards. A U-Net's own output stands in a column of its own, with the map that is 1 everywhere:
 * the ceiling and the floor.
 *
 * @param prevalence share of the test split's pixels that are tumour, in [0, 1].
 */
export function scoreTable(results: readonly CellResult[], prevalence: number): string {
  const rows = rowsOf(results).map((row): MarkdownRow => {
    const ap = (map: keyof CellResult['maps']): Cell | null =>
      scoredCell(summarizeScored(row.cells.map(({ maps }) => maps[map]?.pixelAp)), row.cells.length);
    const label = scoredCell(summarizeScored(row.cells.map(({ auroc }) => auroc)), row.cells.length);
    return { names: namesOf(row), cells: [label, ...MAPS.map(ap), unranked(ap('unet'))] };
  });
  const floor = [null, ...MAPS.map(() => null), { value: decimals(prevalence) }];
  return markdownTable(
    [...NAME_HEADING, 'AUROC', ...MAPS, 'own output'],
    [...rows, { names: ['all ones', '–', '–'], cells: floor }],
  );
}

/** Every measure of masks, cut from the averaged Grad-CAM (a U-Net's: from its output). */
export function maskTable(results: readonly CellResult[], cut: Cut, prevalence: number): string {
  const measures = PIXEL_MEASURES.filter((measure) => measure.of === 'mask');
  const rows = rowsOf(results).map((row): MarkdownRow => {
    const masks = row.cells.map((cell) => segmentationOf(cell)?.[cut]);
    const cells = measures.map(({ key }) => {
      const summary = summarize(masks.map((mask) => mask?.[key]));
      const cell = rangeCell(summary, row.cells.length);
      return cell && row.training !== 'masks' ? { ...cell, rank: summary!.mean } : cell;
    });
    return { names: namesOf(row), cells };
  });
  // Everything is tumour.
  const ones = maskMeasures({ tp: prevalence, fp: 1 - prevalence, tn: 0, fn: 0 });
  const floor = {
    names: ['all ones', '–', '–'],
    cells: measures.map(({ key }) => ({ value: decimals(ones[key]!) })),
  };
  return markdownTable([...NAME_HEADING, ...measures.map(({ title }) => title)], [...rows, floor]);
}

/** Seconds of an epoch over those of the unconstrained network of the same seed. */
export function costTable(results: readonly CellResult[]): string {
  const baseline = sameSeed(results, 'none');
  const rows = rowsOf(results).map((row): MarkdownRow => {
    const ratios = row.cells.flatMap(({ seed, secondsPerEpoch }) => {
      const base = baseline(seed);
      return base ? [secondsPerEpoch / base.secondsPerEpoch] : [];
    });
    const summary = summarize(ratios);
    const cell = summary && rangeCell({ ...summary, mean: median(ratios) }, row.cells.length, times);
    return { names: namesOf(row), cells: [cell] };
  });
  return markdownTable([...NAME_HEADING, 'time of an epoch'], rows);
}

/** Only these maps were cut. */
function segmentationOf({ training, maps }: CellResult): SegmentationScores | undefined {
  return (training === 'masks' ? maps.unet : maps.gradCamAveraged) as SegmentationScores | undefined;
}

function unranked(cell: Cell | null): Cell | null {
  return cell && { value: cell.value, ...(cell.spread && { spread: cell.spread }) };
}

function times(value: number): string {
  return `${value.toFixed(2)}×`;
}
