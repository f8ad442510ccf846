import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { decodeImage } from '../src/node/decode-image.js';
import { openFolder } from '../src/node/index.js';
import { tempDir } from './support/files.js';
import { pixels } from './support/formula.js';

const IMAGES = fileURLToPath(new URL('./fixtures/images/', import.meta.url));
const [H, W] = [4, 6];
const rgb = pixels(1, H, W);
const green = rgb.map((_, i) => rgb[i - (i % 3) + 1]!);

describe('images as other programs write them', () => {
  it.each([
    ['float-1-declared.tif', rgb],
    ['float-255-declared.tif', rgb],
    ['float-maximum-alone.tif', rgb],
    ['float-grey-declared.tif', green],
    ['uint12-declared.tif', rgb],
    ['uint12-grey-declared.tif', green],
    ['uint16.tif', rgb],
    ['uint16-planes.tif', rgb],
    ['uint16-alpha.tif', rgb],
    ['uint16-black.tif', rgb.map(() => 0)],
    ['uint16-grey.png', green],
    ['grey.png', green],
    ['palette.png', rgb],
    ['palette.tif', rgb],
    ['bilevel-odd-red.tif', rgb.map((_, i) => (rgb[i - (i % 3)]! % 2) * 255)],
    ['profile.png', rgb],
  ])('%s gives the pixels that were meant', async (name, expected) => {
    expect(await decodeImage(join(IMAGES, name))).toEqual({ pixels: expected, height: H, width: W });
  });

  it('float-half-declared.tif is right to what half precision holds', async () => {
    const { pixels: half } = await decodeImage(join(IMAGES, 'float-half-declared.tif'));
    expect(Math.max(...half.map((v, i) => Math.abs(v - rgb[i]!)))).toBeLessThanOrEqual(1);
  });

  it('a JPEG is turned as EXIF says', async () => {
    const { pixels: turned, height, width } = await decodeImage(join(IMAGES, 'turned.jpg'));
    expect([height, width]).toEqual([8, 16]);
    const row = Array.from({ length: width }, (_, x) => turned[x * 3]! > 127);
    expect(row).toEqual(Array.from({ length: width }, (_, x) => x >= 8));
  });

  it.each([
    ['float.tif', /holds floats and does not say whether white is 1 or 255; declare it \(SMin/],
    ['float-statistics.tif', /whether white is 1 or 255 \(0 to 0\.\d+ is declared\)/],
    ['float-beyond.tif', /declares samples of 0 to 1, but holds 1\.\d+/],
    ['float-64.tif', /holds floats of 64 bits; write float32 or 8 bits$/],
    ['uint12.tif', /16-bit samples reach only \d+, which looks like a camera's 10 to 14 bits; declare/],
    ['uint12-statistics.tif', /16-bit samples reach only/],
    ['uint12-grey.png', /16-bit samples reach only/],
    ['uint32.tif', /holds integers of 32 bits; write 8 or 16$/],
    ['int16.tif', /holds signed integers of 16 bits/],
    ['five-bands.tif', /has 5 samples a pixel where its photometric interpretation \(1\) wants 1/],
    ['pages.tif', /holds several images, of which only the first would be read/],
    ['cmyk.tif', /holds CMYK/],
    ['cmyk.jpg', /holds CMYK/],
  ])('%s is refused, in one line', async (name, message) => {
    const error = await decodeImage(join(IMAGES, name)).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'bad-image', message: expect.stringMatching(message) });
    expect((error as Error).message).toMatch(new RegExp(`/${name} cannot be decoded: [^\\n]+$`));
  });
});

describe('damaged images, and others under their names', () => {
  const write = async (name: string, bytes: Uint8Array | string): Promise<string> => {
    const path = join(await tempDir(), name);
    await writeFile(path, bytes);
    return path;
  };

  it.each([
    ['floats of which 0 is white', 'float-grey-declared.tif', [[262, 0]], /holds floats of which 0 is white/],
    [
      'one declared white for three samples, which libtiff refuses',
      'float-1-declared.tif',
      [
        [340, 0],
        [341, 0x3f800000],
      ],
      /damaged TIFF, or of a kind that is not read \(.*unsupported.*\); .*write it anew with 8 bits/,
    ],
  ] as const)('refuses %s', async (_, name, tags, message) => {
    const path = join(await tempDir(), name);
    await writeFile(path, withTags(await readFile(join(IMAGES, name)), tags));
    await expect(decodeImage(path)).rejects.toThrow(message);
  });

  it.each(['uint16.tif', 'float-1-declared.tif', 'palette.tif', 'grey.png', 'turned.jpg'])(
    '%s cut anywhere gives an image never, and no word of settings',
    async (name) => {
      const whole = await readFile(join(IMAGES, name));
      for (const share of [0.2, 0.4, 0.6, 0.8]) {
        const path = await write(name, whole.subarray(0, Math.floor(whole.length * share)));
        const error: unknown = await decodeImage(path).catch((e: unknown) => e);
        expect(error, String(share)).toMatchObject({ code: 'bad-image' });
        expect((error as Error).message).toMatch(/(truncated|damaged).*; download or copy it again$/);
        expect((error as Error).message).not.toMatch(/failOn|\n/);
      }
    },
  );

  it.each([
    ['BM\u0001\u0001', /it is a BMP image; PNG, JPEG, TIFF and WebP are read: convert it$/],
    ['<html>', /it is an HTML page; .*: download or copy it again$/],
    ['', /it is empty; .*: download or copy it again$/],
    ['nothing', /it is no image; /],
  ])('%j as .png', async (bytes, message) => {
    await expect(decodeImage(await write('a.png', bytes))).rejects.toThrow(message);
  });

  it('are named by their data set', async () => {
    const dir = await tempDir();
    for (const label of ['0', '1']) await mkdir(join(dir, 'test', label), { recursive: true });
    await writeFile(join(dir, 'test/0/a.tif'), await readFile(join(IMAGES, 'uint12-declared.tif')));
    await writeFile(join(dir, 'test/1/b.tif'), await readFile(join(IMAGES, 'float.tif')));
    const data = await openFolder(dir, 'test');
    expect((await data.read([0])).images).toEqual(rgb);
    await expect(data.read([0, 1])).rejects.toThrow(/b\.tif cannot be decoded: it holds floats/);
  });
});

/** A little-endian TIFF with other values, one a tag. */
function withTags(file: Buffer, tags: readonly (readonly [tag: number, value: number])[]): Buffer {
  const directory = file.readUInt32LE(4);
  for (let k = 0; k < file.readUInt16LE(directory); k++) {
    const at = directory + 2 + 12 * k;
    const found = tags.find(([tag]) => tag === file.readUInt16LE(at));
    if (!found) continue;
    file.writeUInt32LE(1, at + 4);
    file.writeUInt32LE(found[1], at + 8);
  }
  return file;
}
