import { drawPatches, type PatchPictures, type Pictures, type PicturesOptions } from './pictures.js';
import type { Example } from './select.js';

interface Panel extends Example, PatchPictures {
  /** Place in the data set. */
  readonly index: number;
}

export interface Gallery extends Omit<Pictures, 'pictures'> {
  readonly panels: readonly Panel[];
  /** How the maps were made, for people. */
  readonly method: string;
}

export interface GalleryOptions extends Omit<PicturesOptions, 'index'> {
  readonly examples: readonly Example[];
  /** From place in the predictions to place in the data set. */
  readonly index: ArrayLike<number>;
  readonly method: string;
}

/** Attribution maps of the examples, on one colour scale, over their patches and beside their masks. */
export async function makeGallery({ examples, method, ...options }: GalleryOptions): Promise<Gallery> {
  const index = examples.map(({ position }) => options.index[position]!);
  const { pictures, ...shared } = await drawPatches({ ...options, index });
  const panels = examples.map((example, i) => ({ ...example, ...pictures[i]!, index: index[i]! }));
  return { panels, method, ...shared };
}
