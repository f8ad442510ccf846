import { folder } from './folder.js';
import type { SplitOptions } from './fractions.js';
import { kaggle } from './kaggle.js';
import { type OpenPcamOptions, pcam } from './official.js';
import type { FilesSpec, SpecDataset } from './spec.js';

/** How patches may lie on disk, each with its name for people. A folder is asked for them in this order. */
export const LAYOUTS = {
  flat: 'flat cache',
  pcam: 'official files',
  kaggle: 'Kaggle',
  folder: 'folder per class',
} as const;

/** The layouts for people, e.g. for the help of a command that opens a folder. */
export const layoutHelp: string = Object.values(LAYOUTS).join(', ');

/** The name of a layout, as `LAYOUTS` lists them. */
export type Layout = keyof typeof LAYOUTS;

/** A layout of files as others made them, which a flat cache may be prepared from. */
export type FilesLayout = Exclude<Layout, 'flat'>;

/** What is known of a layout of files. */
export interface LayoutOpener {
  /** What a folder of it holds, for a message to who has nothing of the kind. */
  looksFor(split: string): string;
  /** @param names what lies in `dir`. */
  recognises(dir: string, names: readonly string[]): Promise<boolean>;
  /** @throws DataError with a one-line message and a `code` telling what is wrong. */
  open(dir: string, split: string, options: OpenPcamOptions & SplitOptions): Promise<SpecDataset>;
  /** Whether it has no splits of its own, so that seed and fractions make another data set of it. */
  readonly isDivided: boolean;
  /** What a change of would change the split. Where it is divided by name, that is every image: one may come to any split. */
  sourceFiles(dir: string, split: string): Promise<SourceFiles>;
}

/** The files that a data set on disk hangs on, by their names within its folder. */
export interface SourceFiles {
  /** Large or many: told apart by size and time of change. */
  readonly images: readonly string[];
  /** Labels and metadata: small, so that they can be compared byte for byte. */
  readonly labels: readonly string[];
}

/** The only place that knows all of them: a new layout is a file with its opener, and a line here and above. */
export const OPENERS: Readonly<Record<FilesLayout, LayoutOpener>> = { pcam, kaggle, folder };

/**
 * The files of the data set that `spec` describes, or undefined where its images are gone, or where a cache of a later
 * version names a layout that this one does not know.
 *
 * @param dir where the folder lies now, if not where `spec` says.
 */
export async function sourceFiles({ kind, split }: FilesSpec, dir: string): Promise<SourceFiles | undefined> {
  const files = await OPENERS[kind]?.sourceFiles(dir, split).catch(() => undefined);
  return files && files.images.length > 0 ? files : undefined;
}
