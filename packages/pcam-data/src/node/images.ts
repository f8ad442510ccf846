import type { Patches } from '../dataset.js';
import { DataError } from './errors.js';
import { checkIndex } from './gather.js';
import type { DatasetSpec, SpecDataset } from './spec.js';

/** Images decoded at once. */
const IN_FLIGHT = 8;

interface Decoded {
  readonly pixels: Uint8Array;
  readonly height: number;
  readonly width: number;
}

/** One labelled image file. */
export interface LabelledFile {
  readonly path: string;
  readonly label: 0 | 1;
}

/** Decodes an image file to RGB of 8 bits, `[height, width, 3]`. @throws DataError bad-image. */
export async function decodeImage(path: string): Promise<Decoded> {
  // sharp is native code: only those who read image files need it to load.
  const { default: sharp } = await import('sharp');
  try {
    const { data, info } = await sharp(path)
      .removeAlpha()
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) throw new Error(`it has ${info.channels} channels`);
    return {
      pixels: new Uint8Array(data.buffer, data.byteOffset, data.length),
      height: info.height,
      width: info.width,
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new DataError('bad-image', `${path} cannot be decoded (${why})`, { cause: error });
  }
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
