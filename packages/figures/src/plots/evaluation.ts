import {
  type BinaryEvaluation,
  type Confusion,
  type Numbers,
  precisionRecallCurve,
  reliabilityBins,
  rocCurve,
  thin,
} from '@pcam/metrics';
import { reliabilityPlot, scorePlot } from './calibration.js';
import { confusionPlot } from './confusion.js';
import { precisionRecallPlot, rocPlot } from './curves.js';
import { type PlotSpec, renderSvg } from './render.js';
import { aurocPlot, type EpochRow, lossPlot } from './training.js';

const MOST_POINTS = 500;
/** Fewer bins than the calibration error's, so that small data sets show dots and not noise. */
const BINS = 10;

/** What was measured, and how many patches fell where. */
export type EvaluatedScores = Omit<BinaryEvaluation, 'confusion'> & Confusion;

/** By file name, without ending. What one class alone leaves undefined is left out. */
export type Plots = Readonly<Record<string, string>>;

/** All plots of a classifier's scores. @param probabilities `[n]`, calibrated. @param labels `[n]`, 0 or 1. */
export async function evaluationPlots(
  metrics: EvaluatedScores,
  probabilities: Numbers,
  labels: Numbers,
): Promise<Plots> {
  const { auroc, averagePrecision, sensitivity, specificity, precision, ece, threshold, n, positives } =
    metrics;
  const specs: Record<string, PlotSpec> = {};
  if (auroc !== null && sensitivity !== null && specificity !== null) {
    const points = thin(rocCurve(probabilities, labels), MOST_POINTS);
    const roc = points.map((point) => ({ x: point.falsePositiveRate, y: point.truePositiveRate }));
    specs.roc = rocPlot(roc, auroc, { x: 1 - specificity, y: sensitivity });
  }
  if (averagePrecision !== null && sensitivity !== null) {
    const points = thin(precisionRecallCurve(probabilities, labels), MOST_POINTS);
    const curve = points.map((point) => ({ x: point.recall, y: point.precision }));
    const operating = { x: sensitivity, y: precision };
    specs['precision-recall'] = precisionRecallPlot(curve, averagePrecision, positives / n, operating);
  }
  specs.reliability = reliabilityPlot(reliabilityBins(probabilities, labels, { bins: BINS }), ece);
  specs.probabilities = scorePlot(probabilities, labels, threshold);
  specs.confusion = confusionPlot(metrics);
  return renderAll(specs);
}

/** Loss and AUROC by epoch. @param rows one an epoch; nothing is drawn without any. */
export async function trainingPlots(
  rows: readonly EpochRow[],
  bestEpoch: number | undefined,
): Promise<Plots> {
  if (rows.length === 0) return {};
  return renderAll({ 'training-loss': lossPlot(rows), 'training-auroc': aurocPlot(rows, bestEpoch) });
}

async function renderAll(specs: Readonly<Record<string, PlotSpec>>): Promise<Plots> {
  const entries = Object.entries(specs).map(async ([name, spec]) => [name, await renderSvg(spec)] as const);
  return Object.fromEntries(await Promise.all(entries));
}
