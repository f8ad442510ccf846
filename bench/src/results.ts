import type { ModelKey, RowKey } from './catalogue.js';
import type { Machine } from './machine.js';
import type { BenchOptions } from './options.js';
import type { KernelProfile, Prepared, Who } from './protocol.js';
import type { Comparison, Round } from './statistics.js';
import type { Disturbance } from './turns.js';

/** Everything measured: what `--json` writes. */
export interface Results {
  readonly date: string;
  readonly options: BenchOptions;
  readonly machine: Machine;
  readonly ours: Who;
  readonly torch?: Who;
  /** GFLOP/s of a float32 product: the best of either side, and of which. */
  readonly peak: Peak;
  readonly rows: readonly RowResult[];
}

export interface Peak {
  readonly gflops: number;
  readonly by: string;
  readonly ours: Readonly<Record<string, number>>;
  readonly torch?: Readonly<Record<string, number>>;
}

export interface RowResult {
  readonly model: ModelKey;
  readonly row: RowKey;
  /** Operations of a step that the work takes, convolutions counted directly. */
  readonly flops: number;
  /** The largest relative difference between both sides' numbers, by value; same for a model's rows. */
  readonly differences?: Readonly<Record<string, number>>;
  readonly prepared?: Prepared;
  readonly rounds: readonly Round[];
  readonly disturbance: Disturbance;
  /** Milliseconds; without PyTorch only `ours` is known. */
  readonly comparison: Pick<Comparison, 'ours'> & Partial<Comparison>;
  readonly kernels?: KernelProfile;
}
