import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { checkKeys } from '@pcam/options';
import { CENTRE } from '../pcam.js';
import { DataError } from './errors.js';
import { md5File } from './md5.js';
import { type OpenPcamOptions, openPcam, type PcamDataset } from './official.js';
import {
  findOfficial,
  officialFolder,
  officialName,
  officialPaths,
  type Split,
  splitsAmong,
} from './official-files.js';
import { type OfficialRecord, ZENODO } from './official-record.js';
import { findIdentical, type HashedSplit, type Identical } from './verify-identical.js';
import { readPatches, singleColourNote } from './verify-patches.js';
import type { FileReport, SplitReport, VerifyReport } from './verify-report.js';

/** What is checked, and against which record. */
export interface VerifyOptions extends OpenPcamOptions {
  /** All that are there by default. */
  readonly splits?: readonly Split[];
  /** Only headers, labels and metadata: no md5s and no pass over the images. */
  readonly quick?: boolean;
  /** Counts it a problem where a file is not the official one. */
  readonly official?: boolean;
  /** The official record by default. */
  readonly record?: OfficialRecord;
}

/**
 * Checks PatchCamelyon files: sizes and md5s where they are known, keys, shapes, dtypes,
 * label and mask values, lengths, classes per split, every image readable, no slide in two
 * splits; it notes patches of a single colour, and identical ones within and across splits.
 * Memory: a few MiB, and 16 bytes a patch. What it finds is in the report; only a folder without splits throws.
 * @throws DataError missing-file, unreadable, missing-split.
 */
export async function verifyPcam(dir: string, options: VerifyOptions = {}): Promise<VerifyReport> {
  checkKeys<VerifyOptions>('verifyPcam', options, {
    splits: true,
    quick: true,
    official: true,
    record: true,
    cacheDir: true,
    cacheBytes: true,
    onProgress: true,
  });
  const { folder, names } = await officialFolder(dir);
  const there = splitsAmong(names);
  const splits = options.splits ?? there;
  if (splits.length === 0)
    throw new DataError(
      'missing-split',
      `${folder} has none of PCam's official files (${officialName('train', 'x')}, …), and only those are verified; pcam-data info tells of other layouts`,
    );
  const reports: SplitReport[] = [];
  const slidesOf = new Map<string, Split>();
  const hashed: HashedSplit[] = [];
  for (const split of splits) {
    const problems: string[] = [];
    const notes: string[] = [];
    const files: FileReport[] = [];
    let patches: SplitReport['patches'];
    try {
      const found = await findOfficial(folder, split);
      for (const path of officialPaths(found)) {
        files.push(await checkFile(path, split, options, problems));
        if (names.includes(`${basename(path)}.gz`))
          notes.push(`${basename(path)} is read, not ${basename(path)}.gz beside it`);
      }
      const { cacheDir, cacheBytes, onProgress } = options;
      const dataset = await openPcam(folder, split, { cacheDir, cacheBytes, onProgress });
      try {
        const checked = await checkPatches(dataset, options, problems, notes);
        patches = checked.patches;
        if (checked.hashes) hashed.push({ split, hashes: checked.hashes, labels: dataset.labels });
        checkOfficial(dataset, split, files, options.record ?? ZENODO, problems, notes);
        checkSlides(dataset, split, slidesOf, problems);
      } finally {
        await dataset.close();
      }
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      problems.push(error.message);
    }
    reports.push({ split, files, patches, problems, notes });
  }
  const identical = new Map(findIdentical(hashed).map((found, k) => [hashed[k]!.split, found]));
  return {
    dir: folder,
    ok: reports.every((r) => r.problems.length === 0),
    splits: reports.map((report) => withIdentical(report, identical.get(report.split))),
  };
}

function withIdentical(report: SplitReport, found: Identical | undefined): SplitReport {
  if (!found || !report.patches) return report;
  const { within, across, notes } = found;
  return {
    ...report,
    patches: { ...report.patches, identicalWithin: within, identicalAcross: across },
    notes: [...report.notes, ...notes],
  };
}

async function checkFile(
  path: string,
  split: Split,
  options: VerifyOptions,
  problems: string[],
): Promise<FileReport> {
  const name = basename(path);
  const { size: bytes } = await stat(path);
  if (options.quick) return { name, bytes };
  const md5 = await md5File(path, { total: bytes, onProgress: options.onProgress });
  const known = (options.record ?? ZENODO).splits[split].files
    .flatMap((f) => (f.unpacked ? [f, { ...f.unpacked, bytes: undefined }] : [f]))
    .find((f) => f.name === name);
  const official = known?.md5 === md5;
  if (known && !official && (options.official || known.bytes === bytes))
    problems.push(`${name} has md5 ${md5}, but the official file has ${known.md5}; download it again`);
  return { name, bytes, md5, official };
}

/** What the record holds under no such name. */
const UNPUBLISHED = /_mask\.|\.csv\.gz$/;

/** Where one file of a split is the official one, the others are meant to be. */
function checkOfficial(
  dataset: PcamDataset,
  split: Split,
  files: readonly FileReport[],
  record: OfficialRecord,
  problems: string[],
  notes: string[],
): void {
  const { length } = record.splits[split];
  if (dataset.length !== length) notes.push(`not the official split: ${dataset.length} of ${length} patches`);
  if (!files.some((f) => f.official)) return;
  for (const { name, official } of files)
    if (official === false && !UNPUBLISHED.test(name) && !problems.some((p) => p.startsWith(name)))
      problems.push(`${name} is not the official file, though others of its split are; download it again`);
}

function checkSlides(
  dataset: PcamDataset,
  split: Split,
  slidesOf: Map<string, Split>,
  problems: string[],
): void {
  const shared = new Map<Split, string[]>();
  for (const slide of new Set(dataset.slides ?? [])) {
    const other = slidesOf.get(slide);
    if (other) shared.set(other, [...(shared.get(other) ?? []), slide]);
    else slidesOf.set(slide, split);
  }
  for (const [other, slides] of shared)
    problems.push(`${split} shares ${slides.length} slides with ${other}, e.g. ${slides[0]}`);
}

async function checkPatches(
  dataset: PcamDataset,
  options: VerifyOptions,
  problems: string[],
  notes: string[],
): Promise<{ patches: NonNullable<SplitReport['patches']>; hashes?: BigUint64Array }> {
  const { length, height, width, labels, metadata } = dataset;
  const positives = labels.reduce((a, b) => a + b, 0);
  if (positives === 0 || positives === length)
    notes.push(`all labels are ${positives === 0 ? 0 : 1}: AUROC is not defined on this split`);
  if (metadata) {
    const differ = metadata.centerTumorPatch.reduce((n, v, i) => n + Number(v !== labels[i]), 0);
    if (differ > 0) problems.push(`${differ} labels differ from center_tumor_patch of the meta CSV`);
  }
  const found = options.quick ? undefined : await readPatches(dataset, options.onProgress);
  if (found && found.disagree > 0)
    problems.push(
      `${found.disagree} labels differ from the masks (tumour in the centre ${CENTRE}×${CENTRE})`,
    );
  if (found && found.patchDisagree > 0)
    notes.push(`${found.patchDisagree} masks differ from tumor_patch of the meta CSV`);
  const singleColour = found && singleColourNote(found.singleColour);
  if (singleColour) notes.push(singleColour);
  const patches = {
    length,
    height,
    width,
    negatives: length - positives,
    positives,
    withTumourPixels: dataset.hasMasks ? found?.withTumour : undefined,
    slides: dataset.slides && new Set(dataset.slides).size,
    singleColour: found && [...found.singleColour.values()].reduce((n, { length }) => n + length, 0),
  };
  return { patches, hashes: found?.hashes };
}
