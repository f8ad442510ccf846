import { readFile } from 'node:fs/promises';
import type { Sharp } from 'sharp';
import { DataError, fileError } from './errors.js';
import { readSamples, SampleError, type Samples } from './image-samples.js';

export interface Decoded {
  /** RGB of 8 bits, `[height, width, 3]`. */
  readonly pixels: Uint8Array;
  readonly height: number;
  readonly width: number;
}

/** 16-bit samples that stay below this are 10, 12 or 14 bits of a camera, and would come out dark. */
const DARK = 1 << 14;

/**
 * Decodes an image file to RGB of 8 bits, as it is shown (turned by EXIF's orientation) and as it is stored (no
 * colour profile applied, transparency dropped). Deeper samples are scaled by what the file declares as white.
 * @throws DataError missing-file, unreadable; bad-image, where it is damaged or does not say what its samples mean.
 */
export async function decodeImage(path: string): Promise<Decoded> {
  const file = await readFile(path).catch((error: unknown) => {
    throw fileError(error, path, 'read');
  });
  let samples: Samples | undefined;
  try {
    samples = readSamples(file);
    // sharp is native code: only those who read image files need it to load.
    const { default: sharp } = await import('sharp');
    // Peers ignore profiles, and so did who made PCam: a colour stays what the scanner wrote.
    return await decode(sharp(file, { ignoreIcc: true }).removeAlpha().autoOrient(), samples);
  } catch (error) {
    throw new DataError('bad-image', `${path} cannot be decoded: ${explain(error, samples)}`, {
      cause: error,
    });
  }
}

async function decode(image: Sharp, { stored, grey, white }: Samples): Promise<Decoded> {
  if (stored !== 'uint8') {
    const samples = await readRaw(image.clone(), stored, grey);
    if (stored === 'float' || white !== undefined) return scaled(samples, white!);
    let brightest = 0;
    for (const value of samples.values) if (value > brightest) brightest = value;
    if (brightest > 0 && brightest < DARK)
      throw new SampleError(
        `its 16-bit samples reach only ${brightest}, which looks like a camera's 10 to 14 bits; declare what white is (TIFF: SMaxSampleValue, e.g. 4095), or write 8 bits`,
      );
  }
  const { data, info } = await image
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new SampleError(`it has ${info.channels} channels`);
  return {
    pixels: new Uint8Array(data.buffer, data.byteOffset, data.length),
    height: info.height,
    width: info.width,
  };
}

interface Raw {
  readonly values: Uint16Array | Float32Array;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** Samples as they are stored, whatever colour they stand for. */
async function readRaw(image: Sharp, stored: 'uint16' | 'float', grey: boolean): Promise<Raw> {
  const space = stored === 'uint16' ? (grey ? 'grey16' : 'rgb16') : grey ? 'b-w' : 'scrgb';
  const { data, info } = await image
    .pipelineColourspace(space)
    .toColourspace(space)
    .raw({ depth: stored === 'uint16' ? 'ushort' : 'float' })
    .toBuffer({ resolveWithObject: true });
  const { buffer } = new Uint8Array(data);
  const values = stored === 'uint16' ? new Uint16Array(buffer) : new Float32Array(buffer);
  return { values, channels: info.channels, height: info.height, width: info.width };
}

function scaled({ values, channels, height, width }: Raw, white: number): Decoded {
  const stray = values.findIndex((v) => !(v >= 0 && v <= white));
  if (stray >= 0)
    throw new SampleError(`it declares samples of 0 to ${white}, but holds ${values[stray]}; write 8 bits`);
  const pixels = new Uint8Array(height * width * 3);
  for (let i = 0; i < pixels.length; i++) {
    const at = channels === 3 ? i : Math.floor(i / 3) * channels;
    pixels[i] = Math.round((values[at]! / white) * 255);
  }
  return { pixels, height, width };
}

function explain(error: unknown, samples: Samples | undefined): string {
  const again = 'download or copy it again';
  if (samples === undefined) {
    if (error instanceof RangeError) return `it is a truncated TIFF; ${again}`;
    return error instanceof Error ? error.message : String(error);
  }
  const why = (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
  if (error instanceof SampleError) return why;
  // libvips's words, without the setting of its own that it goes on to recommend.
  const short = why.replace(/^Input (file|buffer) /i, 'it ').replace(/[,;(]?\s*\bfailOn\b.*$/i, '');
  // libtiff says so, too, of tags that contradict each other, such as one SMaxSampleValue for three samples.
  if (samples.format === 'TIFF' && /unsupported image format/.test(short))
    return `it is a damaged TIFF, or of a kind that is not read (${short.trim()}); ${again}, or write it anew with 8 bits`;
  return `it is a truncated or damaged ${samples.format} (${short.trim()}); ${again}`;
}
