import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from './errors.js';
import { listFolder } from './official-files.js';

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
