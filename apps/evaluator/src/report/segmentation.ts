import { BASELINES, type Estimates, PIXEL_MEASURES, type PixelMeasure } from '@pcam/evaluation';
import { PARTLY_TUMOROUS } from '@pcam/metrics';
import { percent, threeDecimals } from '../numbers.js';
import { baselinesOf, describeMask, type Segmentation } from '../segmentation.js';
import { type FigureViews, figure, type Html, html } from './html.js';

export interface SegmentationSection
  extends Pick<Segmentation, 'method' | 'thresholds' | 'cut' | 'estimates' | 'prevalence' | 'compareRun'>,
    Pick<Segmentation, 'predictedShare' | 'partlyTumorous'> {
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
  }.${estimates && ` ${percent(section.prevalence!)} of all pixels are tumour; a method that helps must pass the baselines, which look at no image, or not into patches.`}</p>
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
  { thresholds, compareRun, partlyTumorous }: SegmentationSection,
  estimates: NonNullable<Segmentation['estimates']>,
): Html {
  const rows: readonly (readonly [string, Estimates | undefined])[] = [
    ['this model', estimates.model],
    ['this model, cut where masks of the validation split say', estimates.maskSelected],
    [`Grad-CAM of ${compareRun}`, estimates.compare],
    [`Grad-CAM of ${compareRun}, cut where masks say`, estimates.compareMaskSelected],
    ['gain of this model over it', estimates.gain],
    ...baselinesOf(estimates).map(([name, found]) => [BASELINES[name].title, found] as const),
  ];
  return html`<table class="numbers"><thead><tr><th scope="col"></th>${PIXEL_MEASURES.map(({ title }) => html`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>${rows.map(([name, found]) => found && row(name, found))}</tbody></table>
<p class="soft">95 % intervals below. Average precision (AP) and AUROC are of the maps, before any cut, and 1 is perfect. Within patches they tell where in a patch the map sees tumour: means over the ${partlyTumorous} ${partlyTumorous === 1 ? 'patch' : 'patches'} of which ${PARTLY_TUMOROUS.map((share) => `${100 * share} %`).join(' to ')} are tumour. There a map that is one constant has the patch's share of tumour as its AP and 0.5 as its AUROC, whatever the constant. With all pixels pooled, telling patches apart counts too. Dice and IoU tell how far masks overlap, pixels pooled.${
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
