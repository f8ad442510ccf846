import { type Estimates, MEASURES, type Measure } from '../segmentation/metrics.js';
import type { Segmentation } from '../segmentation/segment-split.js';
import { type FigureViews, figure } from './figure.js';
import { type Html, html } from './html.js';

export interface SegmentationSection
  extends Pick<Segmentation, 'method' | 'thresholds' | 'written' | 'estimates' | 'prevalence' | 'compare'> {
  readonly figures: readonly (FigureViews & { readonly index: number; readonly dice: number })[];
  readonly legend: string;
}

const NAMES: Record<Measure, string> = {
  pixelAp: 'Average precision',
  pixelAuroc: 'AUROC',
  dice: 'Dice',
  iou: 'IoU',
  f1Negative: 'F1 of no tumour',
};

/** How well the maps outline what an expert outlined, beside what looking at nothing reaches. */
export function segmentationSection(section: SegmentationSection): Html {
  const { method, thresholds, written, prevalence, estimates, compare, figures, legend } = section;
  const rows: readonly (readonly [string, Estimates | undefined])[] = [
    ['this model', estimates.model],
    ['this model, cut where masks of the validation split say', estimates.maskSelected],
    [`Grad-CAM of ${compare?.name}`, estimates.compare],
    [`Grad-CAM of ${compare?.name}, cut where masks say`, estimates.compareMaskSelected],
    ['gain of this model over it', estimates.gain],
    ['everything is tumour', estimates.allOnes],
    ['each pixel by the toss of a coin', estimates.random],
    ['the half nearest to the centre', estimates.centrePrior],
  ];
  return html`<h2>Where it sees tumour, pixel by pixel</h2>
<p>The model's maps (${method}) are cut at ${thresholds.plain.toPrecision(3)} (${thresholds.plainSource}) into masks, and these compared with an expert's. ${(100 * prevalence).toFixed(1)} % of all pixels are tumour; a method that helps must pass those that look at no image.</p>
<table class="numbers"><thead><tr><th scope="col"></th>${MEASURES.map((measure) => html`<th scope="col">${NAMES[measure]}</th>`)}</tr></thead>
<tbody>${rows.map(([name, found]) => found && row(name, found))}</tbody></table>
<p class="soft">All pixels pooled; 95 % intervals below. Average precision and AUROC are of the maps, before any cut, and 1 is perfect. Dice and IoU tell how far masks overlap.${
    thresholds.maskSelectedSource &&
    ` The cut that masks chose: ${thresholds.maskSelected!.toPrecision(3)}, ${thresholds.maskSelectedSource}.`
  }</p>
${
  figures.length > 0
    ? html`<h3>From the best overlap to the worst</h3>
<p class="soft">Patch, map and outlines: green by the expert, yellow dashes cut from the map${written === 'maskSelected' ? ' where masks of the validation split say' : ''}.</p>
<div class="legend"><span>speaks against tumour</span><img src="${legend}" alt="Colour scale"><span>speaks for tumour</span></div>
<div class="gallery">${figures.map((shown) => figure(shown, shown.index, `Dice ${shown.dice.toFixed(3)}`))}</div>`
    : undefined
}`;
}

function row(name: string, found: Estimates): Html {
  const cell = (measure: Measure): Html => {
    const estimate = found[measure];
    if (!estimate) return html`<td></td>`;
    const { value, ci95 } = estimate;
    return html`<td>${value === null ? 'undefined' : value.toFixed(3)}<span class="soft">${
      ci95 ? `${ci95[0].toFixed(3)} to ${ci95[1].toFixed(3)}` : ''
    }</span></td>`;
  };
  return html`<tr><th scope="row">${name}</th>${MEASURES.map(cell)}</tr>`;
}
