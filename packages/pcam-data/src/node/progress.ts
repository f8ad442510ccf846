/** How far a long task has come. */
export interface DataProgress {
  /** For people, e.g. `decompress camelyonpatch_level_2_split_valid_x.h5.gz`. */
  readonly task: string;
  readonly done: number;
  /** Absent where it is not known beforehand. */
  readonly total?: number;
  readonly unit: 'bytes' | 'patches';
  /** Something worth telling once, e.g. where a decompressed copy was put and why. */
  readonly note?: string;
}

/** Hears how far each task of a call has come, one task after another. */
export type OnProgress = (progress: DataProgress) => void;
