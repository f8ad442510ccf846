import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { openKaggle } from '../src/node/index.js';
import { tempDir } from './support/files.js';

const ALL = { fractions: { train: 1, valid: 0, test: 0 } };

/** `train/` with one grey image a name, of a shade that tells it, and the labels as given. */
async function kaggle(names: readonly string[], labels: string | Uint8Array): Promise<string> {
  const dir = await tempDir();
  await mkdir(join(dir, 'train'));
  for (const [k, name] of names.entries())
    await sharp({ create: { width: 8, height: 8, channels: 3, background: { r: k, g: k, b: k } } }).toFile(
      join(dir, 'train', name),
    );
  await writeFile(join(dir, 'train_labels.csv'), labels);
  return dir;
}

/** The shade and label of each image, in order. */
async function rows(dir: string): Promise<number[][]> {
  const data = await openKaggle(dir, 'train', ALL);
  const { images, labels } = await data.read(Array.from({ length: data.length }, (_, i) => i));
  return Array.from(labels, (label, i) => [images[i * 8 * 8 * 3]!, label]);
}

describe("Kaggle's layout as others write it", () => {
  it.each([
    ['PNG files', ['a.png', 'b.PNG'], 'id,label\na,0\nb,1\n'],
    ['files of several kinds', ['a.tif', 'b.webp'], 'id,label\na,0\nb,1\n'],
    ['ids with extension', ['a.tif', 'b.png'], 'id,label\na.tif,0\nb.png,1\n'],
    ['ids with another extension', ['a.png', 'b.png'], 'id,label\na.tif,0\nb.tif,1\n'],
    ['blanks around header and ids', ['a.png', 'b.png'], ' id , label \n a , 0\nb ,1 \n'],
    ['quoted cells', ['a.png', 'b.png'], '"id","label"\n"a","0"\n"b","1"\n'],
    ['labels as floats', ['a.png', 'b.png'], 'id,label\na,0.0\nb,1.0\n'],
    ['labels as booleans', ['a.png', 'b.png'], 'id,label\na,False\nb,true\n'],
    ['a byte-order mark and Windows line ends', ['a.png', 'b.png'], '\uFEFFid,label\r\na,0\r\nb,1\r\n'],
    ['an index column first', ['a.png', 'b.png'], ',Id,Label\n0,a,0\n1,b,1\n'],
    ['UTF-16', ['a.png', 'b.png'], Buffer.from('\uFEFFid,label\na,0\nb,1\n', 'utf16le')],
    ['gzip under the name of .csv', ['a.png', 'b.png'], gzipSync('id,label\na,0\nb,1\n')],
  ])('%s', async (_, names, labels) => {
    expect(await rows(await kaggle(names, labels))).toEqual([
      [0, 0],
      [1, 1],
    ]);
  });

  it.each([
    [['a.png'], 'id,label\n\n\na,2\n', /_labels\.csv, line 4: the label is "2"/],
    [['a.png', 'a.tif'], 'id,label\na,0\n', /train holds a\.png and a\.tif, both of id a; remove one/],
    [['a.png'], 'id,label\na.tif,0\na.png,1\n', /line 3: a comes twice/],
    [['a.png'], '<!DOCTYPE html><html></html>', /_labels\.csv is an HTML page, not text; download or copy/],
    [['a.png'], '', /_labels\.csv is empty; its first line must name the columns/],
  ])('refuses %j with %j in one line', async (names, labels, message) => {
    await expect(openKaggle(await kaggle(names, labels), 'train', ALL)).rejects.toThrow(message);
  });

  it('refuses images of a kind that is not read, rather than leave them out', async () => {
    const dir = await kaggle(['a.png'], 'id,label\na,0\nb,1\n');
    await writeFile(join(dir, 'train/b.bmp'), 'BM');
    await expect(openKaggle(dir, 'train', ALL)).rejects.toThrow(
      /train holds 1 images that are not read, e\.g\. b\.bmp; PNG, JPEG, TIFF and WebP are: convert them$/,
    );
  });
});
