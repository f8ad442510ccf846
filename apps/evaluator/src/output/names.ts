import type { EvaluateOptions } from '../options.js';
import type { OutputOptions } from './folder.js';

const ALWAYS = [/^(metrics\.json|predictions\.csv|report\.html)$/, /^plots\/[\w-]+\.svg$/];
const GALLERY = [/^gallery\.png$/, /^gallery\/[a-z]+-\d+-\w+\.png$/];
const MASKS = [/^masks\/\d+\.png$/];
const SEGMENTATION = [/^segmentation\.png$/, /^segmentation\/\d+-\w+\.png$/];

/** What an evaluation writes, so that its folder keeps everything else. */
export function outputOptions(options: EvaluateOptions): OutputOptions {
  const { maps, segment, overwrite, run, data, segmentValid, compareRun } = options;
  const names = [
    ...ALWAYS,
    ...(maps > 0 ? GALLERY : []),
    ...(segment ? MASKS : []),
    ...(segment && maps > 0 ? SEGMENTATION : []),
  ];
  return {
    command: 'pcam-evaluate',
    folders: ['plots', 'gallery', 'masks', 'segmentation'],
    mayWrite: (name) => names.some((pattern) => pattern.test(name)),
    overwrite,
    inputs: { run, data, 'segment-valid': segmentValid, 'compare-run': compareRun },
  };
}
