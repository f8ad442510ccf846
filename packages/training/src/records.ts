/** One optimizer step, one line of the log. Steps and epochs count from 1. */
export interface StepRecord {
  readonly kind: 'step';
  readonly step: number;
  readonly epoch: number;
  /** What was minimised, extra terms included. */
  readonly loss: number;
  /** Its part that speaks for the labels: without extra terms; all of it where there are none. */
  readonly crossEntropy: number;
  readonly learningRate: number;
  /** Before clipping. */
  readonly gradNorm: number;
  readonly imagesPerSecond: number;
  /** Milliseconds spent waiting for data. */
  readonly waitMs: number;
  /** Extra loss terms by name, where there are any. */
  readonly terms?: Readonly<Record<string, number>>;
}

/** How good the model is on the validation split after an epoch (averaged weights, where `emaDecay` is set). */
export interface ValidationScores {
  /** Mean binary cross-entropy, without smoothing or weights. */
  readonly loss: number;
  /** `null` where the split holds one class only. */
  readonly auroc: number | null;
  /** At a logit of 0. */
  readonly accuracy: number;
  /** What `monitor` looks at, where it is none of the above; `null` where it cannot be told. */
  readonly monitored?: { readonly name: string; readonly value: number | null };
}

/** One epoch, one line of the log. */
export interface EpochRecord {
  readonly kind: 'epoch';
  readonly step: number;
  readonly epoch: number;
  /** Mean of the steps' losses. */
  readonly trainLoss: number;
  /** Of the steps, likewise: a constrained run's loss grows while λ does, its cross-entropy need not. */
  readonly crossEntropy: number;
  /** Means of the steps' extra loss terms by name, where there are any. */
  readonly terms?: Readonly<Record<string, number>>;
  readonly valid?: ValidationScores;
  /** Whether it has the best score so far. */
  readonly best?: boolean;
}

/** A line of the log, told apart by `kind`. */
export type LogRecord = StepRecord | EpochRecord;

/** Where records go; `@pcam/training/node` writes them to a file of JSON lines. */
export interface RecordLog {
  /** Adds a record, durable only after `flush`. */
  append(record: LogRecord): void;
  /** Makes everything appended durable. @returns a position that {@link rewind} takes. */
  flush(): Promise<number>;
  /** Drops everything after a position: the steps that a resumed run does again. */
  rewind(position: number): Promise<void>;
}

/** A log in memory. */
export interface MemoryLog extends RecordLog {
  readonly records: readonly LogRecord[];
}

/** A log in memory, empty at first: what `fit` takes by default. */
export function memoryLog(): MemoryLog {
  const records: LogRecord[] = [];
  return {
    records,
    append: (record) => void records.push(record),
    flush: async () => records.length,
    async rewind(position) {
      records.length = position;
    },
  };
}
