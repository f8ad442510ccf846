import { type Estimates, PIXEL_MEASURES, type PixelMeasure } from '@pcam/evaluation';
import { percent, threeDecimals } from '../numbers.js';
import { describeMask, type Segmentation } from '../segmentation.js';
import { type FigureViews, figure, type Html, html } from './html.js';

export interface SegmentationSection
  extends Pick<Segmentation, 'method' | 'thresholds' | 'cut' | 'estimates' | 'prevalence' | 'compareRun'>,
    Pick<Segmentation, 'predictedShare'> {
  readonly figures: readonly (FigureViews &
    Pick<Segmentation['examples'][number], 'index' | 'dice' | 'share'>)[];
  readonly legend: string;
}

/** The masks that maps make and, where an expert outlined too, how well they agree, beside what looking at nothing reaches. */
export function segmentationSection(section: SegmentationSection): Html {
  const { method, thresholds, cut, estimates, figures, legend, predictedShare } = section;
  return html`<h2>Where it sees tumour, pixel by pixel</h2>
<p>The model's maps (${method}) are cut at ${thresholds.plain.toPrecision(3)} (${thresholds.plainSource}) into masks${
    estimates
      ? ", and these compared with an expert's"
      : `, which call ${percent(predictedShare)} of all pixels tumour. The data has no masks by an expert, so that it cannot be said how right they are`
  }.${estimates && ` ${percent(section.prevalence!)} of all pixels are tumour; a method that helps must pass those that look at no image.`}</p>
${estimates && scores(section, estimates)}
${
  figures.length > 0
    ? html`<h3>${estimates ? 'From the best overlap to the worst' : 'From the largest mask to the smallest'}</h3>
<p class="soft">Patch, map and ${estimates ? 'outlines: green by the expert, yellow dashes' : 'outline: yellow dashes,'} cut from the map${cut === 'maskSelected' ? ' where masks of the validation split say' : ''}.</p>
<div class="legend"><span>speaks against tumour</span><img src="${legend}" alt="Colour scale"><span>speaks for tumour</span></div>
<div class="gallery">${figures.map((shown) => figure(shown, shown.index, describeMask(shown)))}</div>`
    : undefined
}`;
}

function scores(
  { thresholds, compareRun }: SegmentationSection,
  estimates: NonNullable<Segmentation['estimates']>,
): Html {
  const rows: readonly (readonly [string, Estimates | undefined])[] = [
    ['this model', estimates.model],
    ['this model, cut where masks of the validation split say', estimates.maskSelected],
    [`Grad-CAM of ${compareRun}`, estimates.compare],
    [`Grad-CAM of ${compareRun}, cut where masks say`, estimates.compareMaskSelected],
    ['gain of this model over it', estimates.gain],
    ['everything is tumour', estimates.allOnes],
    ['each pixel by the toss of a coin', estimates.random],
    ['the half nearest to the centre', estimates.centrePrior],
  ];
  return html`<table class="numbers"><thead><tr><th scope="col"></th>${PIXEL_MEASURES.map(({ title }) => html`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>${rows.map(([name, found]) => found && row(name, found))}</tbody></table>
<p class="soft">All pixels pooled; 95 % intervals below. Average precision and AUROC are of the maps, before any cut, and 1 is perfect. Dice and IoU tell how far masks overlap.${
    thresholds.maskSelectedSource &&
    ` The cut that masks chose: ${thresholds.maskSelected!.toPrecision(3)}, ${thresholds.maskSelectedSource}.`
  }</p>`;
}

function row(name: string, found: Estimates): Html {
  const cell = ({ key }: { readonly key: PixelMeasure }): Html => {
    const estimate = found[key];
    if (!estimate) return html`<td></td>`;
    const { value, ci95 } = estimate;
    return html`<td>${value === null ? 'undefined' : threeDecimals(value)}<span class="soft">${
      ci95 ? `${threeDecimals(ci95[0])} to ${threeDecimals(ci95[1])}` : ''
    }</span></td>`;
  };
  return html`<tr><th scope="row">${name}</th>${PIXEL_MEASURES.map(cell)}</tr>`;
}
