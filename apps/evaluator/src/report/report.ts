import { type EvaluationMetrics, estimateOf, type Headline, headlines } from '../metrics.js';
import { percent } from '../numbers.js';
import type { Outcome } from '../select-examples.js';
import { type FigureViews, figure, type Html, html, inlineSvg } from './html.js';
import { type SegmentationSection, segmentationSection } from './segmentation.js';
import { style } from './style.js';

export interface GalleryFigure extends FigureViews {
  readonly outcome: Outcome;
  /** Place in the data set. */
  readonly index: number;
  readonly probability: number;
}

export interface ReportInput {
  readonly title: string;
  readonly metrics: EvaluationMetrics;
  readonly thresholdSource: string;
  /** SVG documents in the order to show them. */
  readonly plots: readonly string[];
  readonly trainingPlots: readonly string[];
  readonly gallery?: {
    readonly method: string;
    readonly figures: readonly GalleryFigure[];
    readonly legend: string;
    readonly centre?: number;
  };
  readonly segmentation?: SegmentationSection;
  /** How it was made, in rows of name and value. */
  readonly provenance: readonly (readonly [string, string])[];
}

/** One self-contained page: no outside file, font or script. */
export function reportHtml(input: ReportInput): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${input.title}</title>
<style>${inlineCss(style)}</style>
</head>
<body>
<main>
<header>
<h1>${input.title}</h1>
<p class="soft">${input.metrics.dataset} · ${input.metrics.n} patches, ${input.metrics.positives} with tumour</p>
</header>
${summary(input)}
${cards(input.metrics)}
<div class="note"><p>Not a medical device. Numbers hold for the patches they were measured on; other scanners, stains and hospitals may differ.</p></div>
<h2>How well it tells patches apart</h2>
<div class="plots">${input.plots.map((svg) => html`<figure>${inlineSvg(svg)}</figure>`)}</div>
${gallery(input)}
${input.segmentation && segmentationSection(input.segmentation)}
${
  input.trainingPlots.length > 0
    ? html`<h2>How it learned</h2><div class="plots">${input.trainingPlots.map((svg) => html`<figure>${inlineSvg(svg)}</figure>`)}</div>`
    : undefined
}
<h2>How this was made</h2>
<table>${input.provenance.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`)}</table>
</main>
</body>
</html>
`;
  return page.text;
}

function inlineCss(css: string): Html {
  return inlineSvg(css);
}

function summary({ metrics, thresholdSource }: ReportInput): Html {
  const { n, auroc, sensitivity, specificity, threshold } = metrics;
  const ranks =
    auroc === null
      ? html`With patches of one class only, it cannot be said how well the model ranks them.`
      : html`Shown a patch with tumour and one without, the model gives the one with tumour the higher score ${percent(auroc)} of the time${intervalText(estimateOf(metrics, 'auroc'))}.`;
  const calls = [
    sensitivity === null ? undefined : html` it finds ${percent(sensitivity)} of the patches with tumour`,
    sensitivity === null || specificity === null ? undefined : ' and',
    specificity === null ? undefined : html` wrongly flags ${percent(1 - specificity)} of those without`,
  ];
  return html`<p class="lead">${ranks} Calling a patch tumour from a probability of ${threshold.toFixed(3)} on,${calls} (${n} patches; threshold ${thresholdSource}).</p>
<p class="soft">A patch counts as tumour when the central 32×32 pixels (about 31 µm) hold at least one pixel of metastasis; tumour nearer the edge does not count. That is PatchCamelyon's rule.</p>`;
}

function cards(metrics: EvaluationMetrics): Html {
  const card = ({ title, means, value, ci95 }: Headline): Html =>
    html`<div class="card"><span class="name">${title[0]!.toUpperCase()}${title.slice(1)}</span>
<b>${value === null ? 'undefined' : value.toFixed(3)}</b>
<span class="range">${ci95 ? `95 % interval ${ci95[0].toFixed(3)} to ${ci95[1].toFixed(3)}` : ''}</span>
<span class="means">${means}</span></div>`;
  return html`<div class="cards">
${headlines(metrics).map(
  (headline) => html`${card(headline)}
`,
)}</div>`;
}

const groups = [
  ['tp', 'Tumour, and found (true positives)', 'Evenly spread from the surest to the least sure.'],
  ['fn', 'Tumour, but missed (false negatives)', 'The most confident mistakes first.'],
  ['fp', 'No tumour, but flagged (false positives)', 'The most confident mistakes first.'],
  ['tn', 'No tumour, and left alone (true negatives)', 'Evenly spread from the surest to the least sure.'],
] as const;

function gallery(input: ReportInput): Html | undefined {
  const shown = input.gallery;
  if (!shown) return undefined;
  const { figures, legend, method, centre } = shown;
  // Without an expert's masks, what is drawn is the cut map alone.
  const masks = figures.some(({ mask }) => mask !== undefined);
  const drawn = masks && (!input.segmentation || input.segmentation.estimates !== undefined);
  const example = (shown: GalleryFigure): Html =>
    figure(shown, shown.index, `probability ${shown.probability.toFixed(3)}`);
  return html`<h2>Why it decides</h2>
<p>Left, the patch${centre === undefined ? '' : ' with the region that its label speaks of dashed'}; beside it, where the model saw evidence (${method})${
    drawn ? '; then the outline of the tumour that an expert drew, which the model never saw' : ''
  }${drawn && input.segmentation ? ' (green), and' : ''}${!drawn && masks ? '; then' : ''}${input.segmentation ? ' the outline cut from the map (yellow dashes)' : ''}. One colour scale serves all patches, so they can be compared: a pale map means little evidence either way.</p>
<div class="legend"><span>speaks against tumour</span><img src="${legend}" alt="Colour scale"><span>speaks for tumour</span></div>
${groups.map(([outcome, title, order]) => {
  const members = figures.filter((shown) => shown.outcome === outcome);
  return html`<h3>${title}</h3>${
    members.length > 0
      ? html`<p class="soft">${order}</p><div class="gallery">${members.map(example)}</div>`
      : html`<p class="soft">None among the patches evaluated.</p>`
  }`;
})}`;
}

function intervalText({ ci95 }: Pick<Headline, 'ci95'>): string {
  return ci95 ? ` (95 % interval ${(100 * ci95[0]).toFixed(1)} to ${(100 * ci95[1]).toFixed(1)} %)` : '';
}
