import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Patches } from '../dataset.js';
import { decodeImage } from './decode-image.js';
import { DataError } from './errors.js';
import { checkIndex } from './gather.js';
import { listFolder } from './official-files.js';
import type { DatasetSpec, SpecDataset } from './spec.js';

export const IMAGE_EXTENSIONS: RegExp = /\.(png|jpe?g|tiff?|webp)$/i;

/** Images all the same, so that leaving them out would lose data without a word. */
const OTHER_IMAGES =
  /\.(bmp|dib|gif|jp2|j2k|jpx|heic|heif|avif|jxl|p[bgpn]m|npy|npz|dcm|svs|ndpi|mrxs|scn|vms|czi)$/i;

/**
 * The names of the images in a folder, sorted.
 * @throws DataError missing-file, unreadable; bad-image, where it holds none, or some that are not read.
 */
export async function listImages(folder: string): Promise<string[]> {
  const names = (await listFolder(folder)).filter((name) => !name.startsWith('.')).sort();
  const images = names.filter((name) => IMAGE_EXTENSIONS.test(name));
  const others = names.filter((name) => OTHER_IMAGES.test(name));
  if (others.length > 0)
    throw new DataError(
      'bad-image',
      `${folder} holds ${others.length} images that are not read, e.g. ${others[0]}; PNG, JPEG, TIFF and WebP are: convert them`,
    );
  if (images.length > 0) return images;
  const there = names.length === 0 ? 'it is empty' : `it holds ${names.slice(0, 3).join(', ')}`;
  throw new DataError('missing-file', `${folder} holds no images (PNG, JPEG, TIFF or WebP); ${there}`);
}

/** The images that lie in a folder of `dir` now, by their names within `dir`. */
export async function imageNames(dir: string, folder: string): Promise<string[]> {
  const names = await readdir(join(dir, folder));
  return names
    .filter((name) => IMAGE_EXTENSIONS.test(name) && !name.startsWith('.'))
    .map((name) => `${folder.replaceAll('\\', '/')}/${name}`);
}

/** Images decoded at once. */
const IN_FLIGHT = 8;

/** One labelled image file. */
export interface LabelledFile {
  readonly path: string;
  readonly label: 0 | 1;
}

/**
 * A data set over image files of one size, decoded as they are asked for.
 * @throws DataError bad-image, where the first image cannot be decoded.
 */
export async function imageDataset(
  name: string,
  files: readonly LabelledFile[],
  spec: DatasetSpec,
): Promise<SpecDataset> {
  const first = files[0];
  if (!first) throw new DataError('missing-file', `${name} holds no images`);
  const { height, width } = await decodeImage(first.path);
  const bytes = height * width * 3;
  const labels = Uint8Array.from(files, (f) => f.label);
  const decode = async (i: number): Promise<Uint8Array> => {
    const { path } = files[i]!;
    const image = await decodeImage(path);
    if (image.height === height && image.width === width) return image.pixels;
    throw new DataError(
      'bad-image',
      `${path} is ${image.height}×${image.width}, but the first image of ${name} is ${height}×${width}; all must be of one size`,
    );
  };
  return {
    name,
    length: files.length,
    height,
    width,
    hasMasks: false,
    labels,
    sources: files.map((f) => f.path),
    spec,
    async read(wanted): Promise<Patches> {
      const index = checkIndex(wanted, files.length, name);
      const images = new Uint8Array(index.length * bytes);
      for (let k = 0; k < index.length; k += IN_FLIGHT) {
        const decoded = await Promise.all(Array.from(index.subarray(k, k + IN_FLIGHT), decode));
        decoded.forEach((pixels, j) => {
          images.set(pixels, (k + j) * bytes);
        });
      }
      return { images, labels: Uint8Array.from(index, (i) => labels[i]!), index };
    },
    async close() {},
  };
}
