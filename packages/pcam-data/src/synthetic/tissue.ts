/** What fills a region of a patch. `weight` is its usual share among regions without tumour. */
export interface Tissue {
  readonly name: string;
  readonly weight: number;
}

export const LYMPHOID = 0;
export const STROMA = 1;
export const FAT = 2;
export const SINUS = 3;
export const GERMINAL = 4;
export const BLOOD = 5;
export const GLASS = 6;
export const HISTIOCYTES = 7;
export const PLASMA = 8;

/** By number: `TISSUES[LYMPHOID]` and so on. */
export const TISSUES: readonly Tissue[] = [
  { name: 'lymphoid', weight: 2.6 },
  { name: 'stroma', weight: 2 },
  { name: 'fat', weight: 0.8 },
  { name: 'sinus', weight: 1.4 },
  { name: 'germinal centre', weight: 2 },
  { name: 'blood', weight: 0.4 },
  { name: 'glass', weight: 0.5 },
  { name: 'histiocytes', weight: 1.8 },
  { name: 'plasma cells', weight: 0.6 },
];

/** Stands beside the numbers of `TISSUES`: tumour cells and the cytoplasm between them. */
export const TUMOUR = 9;
/** Fibrous strands within a tumour: in the mask, as in a pathologist's outline. */
export const TUMOUR_STROMA = 10;
