import { fileKind, kindAdvice } from './file-kind.js';
import { readTiffTags } from './tiff-tags.js';

/** Why an image is not read, in a few words. */
export class SampleError extends Error {}

/** How an image's samples are to be read as 8 bits. */
export interface Samples {
  /** `PNG`, `JPEG`, `TIFF` or `WebP`. */
  readonly format: string;
  readonly stored: 'uint8' | 'uint16' | 'float';
  readonly grey: boolean;
  /** What stands for white, where samples are not of 8 bits; undefined where the file does not say. */
  readonly white?: number;
}

/**
 * What the header of an image says of its samples.
 * @throws SampleError where it is no image that can be read without a guess; RangeError where it ends too early.
 */
export function readSamples(file: Uint8Array): Samples {
  const kind = fileKind(file);
  switch (kind) {
    case 'a PNG image':
      return pngSamples(file);
    case 'a JPEG image':
      if (jpegComponents(file) === 4) throw new SampleError(CMYK);
      return { format: 'JPEG', stored: 'uint8', grey: false };
    case 'a WebP image':
      return { format: 'WebP', stored: 'uint8', grey: false };
    case 'a TIFF image':
      return tiffSamples(file);
    default: {
      const advice = kind?.endsWith('image') ? 'convert it' : kindAdvice(kind);
      throw new SampleError(`it is ${kind ?? 'no image'}; PNG, JPEG, TIFF and WebP are read: ${advice}`);
    }
  }
}

const CMYK = 'it holds CMYK, which is RGB only by way of a printer; convert it to RGB';

/** Bit depth and colour type stand in IHDR, the first chunk. */
function pngSamples(file: Uint8Array): Samples {
  const colourType = file[25] ?? 0;
  return {
    format: 'PNG',
    stored: file[24] === 16 ? 'uint16' : 'uint8',
    grey: colourType === 0 || colourType === 4,
  };
}

/** The number of components in a JPEG's frame header. */
function jpegComponents(file: Uint8Array): number | undefined {
  let at = 2;
  while (at + 9 < file.length && file[at] === 0xff) {
    const marker = file[at + 1]!;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return file[at + 9];
    at += marker === 0xff ? 1 : 2 + file[at + 2]! * 256 + file[at + 3]!;
  }
  return undefined;
}

const DECLARE =
  'declare it (SMinSampleValue 0 and SMaxSampleValue, of a value a sample each), or write 8 bits';

function tiffSamples(file: Uint8Array): Samples {
  const { bits, samplesPerPixel, photometric, sampleFormat, minimum, maximum, more } = readTiffTags(file);
  if (photometric === 5) throw new SampleError(CMYK);
  const grey = photometric <= 1;
  const colours = grey || photometric === 3 ? 1 : 3;
  // One more may be transparency.
  if (samplesPerPixel < colours || samplesPerPixel > colours + 1)
    throw new SampleError(
      `it has ${samplesPerPixel} samples a pixel where its photometric interpretation (${photometric}) wants ${colours}; write RGB`,
    );
  if (more)
    throw new SampleError('it holds several images, of which only the first would be read; write one a file');
  if (sampleFormat === 2)
    throw new SampleError(`it holds signed integers of ${bits} bits; write 8 bits without sign`);
  if (sampleFormat === 3) {
    if (bits > 32) throw new SampleError(`it holds floats of ${bits} bits; write float32 or 8 bits`);
    // libvips turns integers of that kind around, but not floats.
    if (photometric === 0) throw new SampleError('it holds floats of which 0 is white; write 0 as black');
    const white = (minimum ?? 0) === 0 && isWhite(maximum) ? maximum : undefined;
    if (white !== undefined) return { format: 'TIFF', stored: 'float', grey, white };
    const said = maximum === undefined ? '' : ` (${minimum ?? 0} to ${maximum} is declared)`;
    throw new SampleError(`it holds floats and does not say whether white is 1 or 255${said}; ${DECLARE}`);
  }
  if (sampleFormat > 4) throw new SampleError('it holds complex numbers; write 8 bits');
  if (bits <= 8) return { format: 'TIFF', stored: 'uint8', grey };
  const white = maximum !== undefined && maximum > 255 && isWhite(maximum) ? maximum : undefined;
  if (bits === 16) return { format: 'TIFF', stored: 'uint16', grey, white };
  throw new SampleError(`it holds integers of ${bits} bits; write 8 or 16`);
}

/** The full range of some number of bits. Any other maximum may only be the brightest pixel of this image. */
const isWhite = (maximum: number | undefined): boolean =>
  maximum !== undefined && Number.isInteger(Math.log2(maximum + 1)) && maximum >= 1;
