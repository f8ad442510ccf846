import { checkChoice, checkKeys } from '@pcam/options';
import { blur } from '../augment/filters.js';
import { checkSeed } from '../batches-options.js';
import { checkDataset } from '../check-dataset.js';
import type { Dataset, Patches } from '../dataset.js';
import { type Random, randomAt, STREAM } from '../sampling-random.js';
import { ink, strokeCover } from './pen-mark.js';

/** A felt pen's stroke beside the centre, or a patch out of focus. */
export type ArtefactKind = 'penMark' | 'blur';

const KINDS: readonly ArtefactKind[] = ['penMark', 'blur'];

/** Which artefact, and how often each class has it. */
export interface ArtefactOptions {
  readonly kind: ArtefactKind;
  /** Probability that a positive patch has it, 1 by default. */
  readonly shareOfPositives?: number;
  /** Probability that a negative patch has it, 0 by default. */
  readonly shareOfNegatives?: number;
  /** 0 by default. */
  readonly seed?: number;
}

/** A data set some of whose patches have an artefact. */
export interface ArtefactDataset extends Dataset {
  /** Which patches have it, `[length]`, 0 or 1. */
  readonly artefacts: Uint8Array;
  /**
   * The pixels that it changes, `[height, width]`, 0 or 1; 0 everywhere in a patch without it.
   *
   * @throws RangeError naming the index that does not exist.
   */
  artefactMask(index: number): Uint8Array;
}

/**
 * The same patches, some with an artefact whose share differs between the classes: a shortcut that a classifier
 * may learn in place of the disease, so that one can ask whether its attributions tell (Lapuschkin et al. 2019,
 * "Unmasking Clever Hans predictors", arXiv:1902.10178). Labels and masks stay. Which patches have it, and what it
 * looks like, depends on the seed and the patch's index alone. Closing it leaves `dataset` open.
 *
 * @throws Error for what is no data set; naming an option or kind that is unknown, or a share or seed that cannot be.
 */
export function withArtefact(dataset: Dataset, options: ArtefactOptions): ArtefactDataset {
  checkDataset('artefact', dataset);
  checkKeys<ArtefactOptions>('artefact', options, {
    kind: true,
    shareOfPositives: true,
    shareOfNegatives: true,
    seed: true,
  });
  const { kind, shareOfPositives = 1, shareOfNegatives = 0, seed = 0 } = options;
  checkChoice('artefact: kind', kind, KINDS);
  for (const [key, share] of Object.entries({ shareOfPositives, shareOfNegatives })) {
    if (!(share >= 0 && share <= 1)) throw new Error(`artefact: ${key} must be from 0 to 1, got ${share}`);
  }
  checkSeed(seed, 'artefact: seed');
  const { length, height, width, hasMasks, labels, tumorPatch, slides } = dataset;
  const pixels = height * width;
  const streamOf = (index: number): Random => randomAt(seed, STREAM.artefact, index);
  const artefacts = labels.map((label, i) =>
    streamOf(i).unit() < (label === 1 ? shareOfPositives : shareOfNegatives) ? 1 : 0,
  );
  const appearance = (index: number): Random => {
    const random = streamOf(index);
    random.unit(); // spent on whether there is one
    return random;
  };
  return {
    name: `${dataset.name}+${kind}`,
    length,
    height,
    width,
    hasMasks,
    labels,
    ...(tumorPatch && { tumorPatch }),
    ...(slides && { slides }),
    artefacts,
    artefactMask(index) {
      if (!Number.isInteger(index) || index < 0 || index >= length) {
        throw new RangeError(`${dataset.name}: no patch ${index}; indices run from 0 to ${length - 1}`);
      }
      if (artefacts[index] === 0) return new Uint8Array(pixels);
      if (kind === 'blur') return new Uint8Array(pixels).fill(1);
      return Uint8Array.from(strokeCover(height, width, appearance(index)), (cover) => (cover > 0 ? 1 : 0));
    },
    async read(index): Promise<Patches> {
      const patches = await dataset.read(index);
      const images = patches.images.slice();
      for (let k = 0; k < index.length; k++) {
        if (artefacts[index[k]!] === 0) continue;
        const image = images.subarray(k * pixels * 3, (k + 1) * pixels * 3);
        const random = appearance(index[k]!);
        if (kind === 'blur') defocus(image, height, width, 1.5 + 1.5 * random.unit());
        else ink(image, strokeCover(height, width, random), random);
      }
      return { ...patches, images };
    },
    async close() {},
  };
}

function defocus(image: Uint8Array, height: number, width: number, sigma: number): void {
  const values = Float32Array.from(image);
  blur(values, 0, height, width, sigma, new Float32Array(values.length));
  for (const [i, value] of values.entries()) image[i] = Math.round(value);
}
