export { type ContactPatch, type ContactSheetOptions, contactSheet } from './contact-sheet.js';
export { FigureError } from './errors.js';
export {
  drawPatches,
  type MappedPatches,
  type PatchPictures,
  type Pictures,
  sharedRange,
} from './patches.js';
export {
  type Colour,
  enlarge,
  OUTLINES,
  type OutlineOptions,
  outlineCentre,
  outlineMask,
  type Picture,
  toPicture,
} from './picture.js';
export { reliabilityPlot, scorePlot } from './plots/calibration.js';
export { confusionPlot } from './plots/confusion.js';
export { type Point, precisionRecallPlot, rocPlot } from './plots/curves.js';
export { type EvaluatedScores, evaluationPlots, type Plots, trainingPlots } from './plots/evaluation.js';
export { PLOT_COLOURS, type PlotSpec, renderSvg } from './plots/render.js';
export { aurocPlot, type EpochRow, lossPlot } from './plots/training.js';
export {
  dataUri,
  maskPng,
  type PlacedPicture,
  type PlacedText,
  type SheetContent,
  sheetPng,
  toPng,
} from './png.js';
export { type SheetSection, sheet } from './sheet.js';
