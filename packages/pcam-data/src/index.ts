export {
  type ArtefactDataset,
  type ArtefactKind,
  type ArtefactOptions,
  withArtefact,
} from './artefact/with-artefact.js';
export {
  AUGMENT_PRESETS,
  type AugmentConfig,
  type AugmentOption,
  type AugmentPreset,
  augmentNames,
  resolveAugment,
} from './augment/config.js';
export { dihedral, undihedral } from './augment/dihedral.js';
export { DIHEDRAL_ORDER, inverseDihedral } from './augment/geometry.js';
export type { LoaderOptions } from './batches-options.js';
export { checkDataset, readPatches } from './check-dataset.js';
export { COMPOSE, type ComposeConfig, type ComposeOption, resolveCompose } from './compose/config.js';
export type { Dataset, Patches } from './dataset.js';
export {
  type Batch,
  createLoader,
  disposeBatch,
  type Loader,
  type LoaderState,
  resume,
  type SeededLoader,
  type Step,
} from './loader.js';
export {
  createMemoryDataset,
  type MemoryArrays,
  type MemoryDataset,
  readIntoMemory,
  type SubsetDataset,
  subset,
  take,
  takeEvenly,
} from './memory-dataset.js';
export { CENTRE, centreLabel, centreSquare, GLASS, type Square } from './pcam.js';
export { type SlideSplit, type SplitBySlideOptions, splitBySlide } from './split.js';
export { findDuplicates } from './split-duplicates.js';
export { createSyntheticDataset, type SyntheticDatasetOptions } from './synthetic/dataset.js';
export type { TumourPlace } from './synthetic/outline.js';
export {
  type SyntheticPatch,
  type SyntheticPatchOptions,
  syntheticPatch,
} from './synthetic/patch.js';
export { createSlide, type Rgb, type Slide, type TumourTraits } from './synthetic/slide.js';
export { type MaskedDataset, withMasks } from './with-masks.js';
