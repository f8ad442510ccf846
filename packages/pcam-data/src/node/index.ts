export { DataError, type DataErrorCode } from './errors.js';
export type { PatchMetadata } from './metadata.js';
export { type OpenPcamOptions, openPcam, type PcamDataset } from './official.js';
export { SPLITS, type Split } from './official-files.js';
export type { OnProgress, Progress } from './progress.js';
export { type DatasetSpec, openSpec, type PcamSpec, type SpecDataset } from './spec.js';
