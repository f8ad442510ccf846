import type { Engine } from '@pcam/engine';
import { dataUri, type PatchPictures, type Plots, toPng } from '@pcam/figures';
import { countParameters } from '@pcam/models';
import { legend } from '@pcam/xai';
import manifest from '../../package.json' with { type: 'json' };
import type { Gallery } from '../gallery.js';
import type { EvaluationMetrics } from '../metrics.js';
import type { TrainedRun } from '../run.js';
import type { Segmentation } from '../segmentation.js';
import type { FigureViews } from './html.js';
import type { GalleryFigure, ReportInput } from './report.js';

export interface Findings {
  readonly metrics: EvaluationMetrics;
  readonly plots: Plots;
  readonly curves: Plots;
  readonly gallery: Gallery | undefined;
  readonly segmentation: Segmentation | undefined;
  readonly probabilities: ArrayLike<number>;
  readonly trained: TrainedRun;
  readonly engine: Engine;
}

/** What the report shows, from what was found. */
export async function describeReport(findings: Findings): Promise<ReportInput> {
  const { metrics, plots, curves, gallery, segmentation, trained } = findings;
  const shown = gallery && (await showGallery(gallery, findings.probabilities));
  const segmented = segmentation && (await showSegmentation(segmentation));
  return {
    title: `Metastasis classifier: ${metrics.model}`,
    metrics,
    thresholdSource: trained.thresholdSource,
    plots: Object.values(plots),
    trainingPlots: Object.values(curves),
    ...(shown && { gallery: shown }),
    ...(segmented && { segmentation: segmented }),
    provenance: provenance(findings),
  };
}

async function showGallery(
  gallery: Gallery,
  probabilities: ArrayLike<number>,
): Promise<ReportInput['gallery']> {
  const { panels, range, method, centre } = gallery;
  const figures = panels.map(
    async (panel): Promise<GalleryFigure> => ({
      outcome: panel.outcome,
      index: panel.index,
      probability: probabilities[panel.position]!,
      ...(await uris(panel)),
    }),
  );
  return {
    method,
    figures: await Promise.all(figures),
    legend: await legendUri(range),
    ...(centre && { centre }),
  };
}

async function showSegmentation(segmentation: Segmentation): Promise<ReportInput['segmentation']> {
  const { examples, range, ...section } = segmentation;
  const figures = examples.map(async (example) => ({
    index: example.index,
    share: example.share,
    ...(example.dice !== undefined && { dice: example.dice }),
    ...(await uris(example)),
  }));
  return {
    ...section,
    figures: await Promise.all(figures),
    legend: await legendUri(range),
  };
}

async function uris({ patch, map, mask }: PatchPictures): Promise<FigureViews> {
  const views = { patch: dataUri(await toPng(patch)), map: dataUri(await toPng(map)) };
  return mask ? { ...views, mask: dataUri(await toPng(mask)) } : views;
}

async function legendUri(range: readonly [number, number]): Promise<string> {
  const size = { width: 260, height: 28 };
  return dataUri(await toPng({ data: legend({ range, ...size }), ...size }));
}

function provenance({ metrics, trained, engine }: Findings): (readonly [string, string])[] {
  const options = trained.run.config.options as Record<string, unknown> | undefined;
  const { versions = {}, cpu, node } = trained.run.environment;
  const rows: (readonly [string, string | undefined])[] = [
    [
      'Model',
      `${metrics.model}, ${countParameters(trained.model).toLocaleString('en')} parameters, ${typeof options?.initFrom === 'string' ? `trained on from ${options.initFrom}` : 'trained from scratch'}`,
    ],
    ['Weights', describeWeights(metrics.checkpoint, trained)],
    ['Training', options && describeOptions(options)],
    ['Prediction', metrics.tta ? 'mean logit over the 8 symmetries of each patch' : 'one look at each patch'],
    [
      'Probability',
      `sigmoid(logit / ${metrics.temperature.toFixed(3)}), threshold ${metrics.threshold.toFixed(4)} (${trained.thresholdSource})`,
    ],
    [
      'Intervals',
      `95 %, percentile bootstrap (of the calibration error: basic, cut to [0, 1]) over ${metrics.intervalsOver}`,
    ],
    ['Engine', `${engine.engine} on ${engine.device}; ${metrics.imagesPerSecond} patches a second`],
    ['Trained on', `${cpu}, Node ${node}`],
    [
      'Versions',
      Object.entries({ ...versions, 'pcam-evaluate': manifest.version })
        .map(([name, v]) => `${name} ${v}`)
        .join(', '),
    ],
  ];
  return rows.filter((row): row is [string, string] => row[1] !== undefined);
}

function describeWeights(checkpoint: string, { bestEpoch, epochs }: TrainedRun): string {
  const epoch = checkpoint === 'best' ? bestEpoch : epochs.at(-1)?.epoch;
  return `of the ${checkpoint} epoch${epoch === undefined ? '' : ` (${epoch})`}`;
}

/** Those of a constraint only where there was one. */
function describeOptions(options: Readonly<Record<string, unknown>>): string {
  const plain = options.constraint === undefined || options.constraint === 'none';
  return Object.entries(options)
    .filter(([key]) => !(plain && /^(constraint|lambda)./.test(key)) && !(plain && key === 'lambda'))
    .map(([key, value]) => `${words(key)} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}

/** `learningRate`: learning rate. */
function words(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
