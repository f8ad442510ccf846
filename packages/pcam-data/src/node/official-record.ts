import { officialName, type Split } from './official-files.js';

/** A file of the official record on Zenodo. */
export interface RecordFile {
  /** As it is called there: `.h5.gz`, or `.csv`. */
  readonly name: string;
  readonly md5: string;
  /** Absent where the record's size is not known beforehand. */
  readonly bytes?: number;
  /** What it holds when unpacked, where it is packed. */
  readonly unpacked?: { readonly name: string; readonly md5: string; readonly bytes: number };
}

/** Where files come from, and what they must be. */
export interface OfficialRecord {
  /** Files are at `${base}/${name}${suffix}`. */
  readonly base: string;
  readonly suffix: string;
  readonly splits: Readonly<
    Record<Split, { readonly length: number; readonly files: readonly RecordFile[] }>
  >;
}

type Sums = readonly [md5: string, bytes: number, unpackedMd5: string];

function split(
  name: Split,
  length: number,
  x: Sums,
  y: Sums,
  meta: string,
): { length: number; files: readonly RecordFile[] } {
  const packed = (part: 'x' | 'y', [md5, bytes, unpackedMd5]: Sums, patchBytes: number): RecordFile => {
    const h5 = officialName(name, part);
    return {
      name: `${h5}.gz`,
      md5,
      bytes,
      unpacked: { name: h5, md5: unpackedMd5, bytes: length * patchBytes },
    };
  };
  return {
    length,
    files: [packed('x', x, 96 * 96 * 3), packed('y', y, 1), { name: officialName(name, 'meta'), md5: meta }],
  };
}

/**
 * PatchCamelyon on Zenodo, record 2546921, CC0. The md5s are those of torchvision, tfds
 * and the record itself; the README of basveeling/pcam has valid and test swapped.
 * `unpacked.bytes` counts the pixels or labels alone: the file is a little larger.
 */
export const ZENODO: OfficialRecord = {
  base: 'https://zenodo.org/records/2546921/files',
  suffix: '?download=1',
  splits: {
    train: split(
      'train',
      262_144,
      ['1571f514728f59376b705fc836ff4b63', 6_421_353_462, '01844da899645b4d6f84946d417ba453'],
      ['35c2d7259d906cfc8143347bb8e05be7', 21_378, '0781386bf6c2fb62d58ff18891466aca'],
      '5a3dd671e465cfd74b5b822125e65b0a',
    ),
    valid: split(
      'valid',
      32_768,
      ['d5b63470df7cfa627aeec8b9dc0c066e', 805_965_320, '81cf9680f1724c40673f10dc88e909b1'],
      ['2b85f58b927af9964a4c15b8f7e8f179', 3_038, '94d8aacc249253159ce2a2e78a86e658'],
      '67589e00a4a37ec317f2d1932c7502ca',
    ),
    test: split(
      'test',
      32_768,
      ['d8c2d60d490dbd479f8199bdfa0cf6ec', 800_875_929, '2614b2e6717d6356be141d9d6dbfcb7e'],
      ['60a7035772fbdb7f34eb86d4420cf66a', 3_040, '11ed647efe9fe457a4eb45df1dba19ba'],
      '3455fd69135b66734e1008f3af684566',
    ),
  },
};
