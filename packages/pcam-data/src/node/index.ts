export { type CsvRow, readColumns } from './csv.js';
export { type Downloaded, type DownloadOptions, downloadPcam } from './download.js';
export { DataError, type DataErrorCode } from './errors.js';
export type { RetryOptions } from './fetch-file.js';
export type { Fingerprint } from './fingerprint.js';
export { type FlatDataset, type OpenFlatOptions, openFlat } from './flat.js';
export { FLAT_EXTENSION } from './flat-format.js';
export type { FlatOrigin } from './flat-source.js';
export { openFolder } from './folder.js';
export type { SplitOptions } from './fractions.js';
export { openKaggle } from './kaggle.js';
export { type FilesLayout, LAYOUTS, type Layout, layoutHelp } from './layouts.js';
export type { PatchMetadata } from './metadata.js';
export { type OpenPcamOptions, openPcam, type PcamDataset } from './official.js';
export { SPLITS, type Split } from './official-files.js';
export { type OfficialRecord, type RecordFile, ZENODO } from './official-record.js';
export { detectLayout, type OpenDatasetOptions, openDataset, openSpec } from './open-dataset.js';
export { type PrepareOptions, prepareFlat } from './prepare.js';
export type { DataProgress, OnProgress } from './progress.js';
export type {
  DatasetSpec,
  FilesSpec,
  FlatSpec,
  SpecDataset,
} from './spec.js';
export { type OpenUnlabelledOptions, openUnlabelled, type UnlabelledDataset } from './unlabelled.js';
export { type VerifyOptions, verifyPcam } from './verify.js';
export { type FileReport, formatReport, type SplitReport, type VerifyReport } from './verify-report.js';
export { createWorkerLoader, type WorkerLoaderOptions } from './worker-loader.js';
export {
  type PatchChunk,
  type PatchMeta,
  type WritePcamSplitOptions,
  writePcamSplit,
} from './write-pcam.js';
export { type WriteSyntheticPcamOptions, writeSyntheticPcam } from './write-synthetic.js';
