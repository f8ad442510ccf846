export { type Confusion, confusionPlot } from './charts/confusion.js';
export { type EvaluatedScores, evaluationPlots, type Plots, trainingPlots } from './charts/evaluation.js';
export { colours, type PlotSpec, renderSvg } from './charts/render.js';
export type { EpochRow } from './charts/training.js';
export { enlarge, outlineCentre, outlineMask, type Picture, toPicture } from './draw.js';
export {
  drawPatches,
  type MappedPatches,
  type PatchPictures,
  type Pictures,
  sharedRange,
} from './patch-pictures.js';
export { dataUri, maskPng, toPng } from './png.js';
export { type SheetSection, sheet } from './sheet.js';
