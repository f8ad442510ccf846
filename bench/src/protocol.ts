import type { ModelConfig } from '@pcam/models';
import type { ModelKey, RowKey, SETTINGS } from './catalogue.js';
import type { Evidence } from './same.js';

/** Where one model's weights and the images lie, as safetensors files. */
export interface Files {
  readonly model: ModelKey;
  readonly weights: string;
  readonly data: string;
}

/** Versions, device and threads, by name. */
export type Who = Readonly<Record<string, string | number>>;

/** Requests and answers are JSON, one a line; both sides take these, ours alone the rest of them. */
export interface Requests {
  /** Who answers: versions, device, threads. */
  hello: { ask: object; answer: Who };
  /** GFLOP/s of float32 products, by size. */
  peak: { ask: object; answer: { readonly gflops: Readonly<Record<string, number>> } };
  /** Numbers that must be the same on both sides, on the first `images` images. */
  check: { ask: Files & { rows: readonly RowKey[]; images: number; weight: number }; answer: Evidence };
  /** Makes a row ready and warms it up. */
  prepare: { ask: Files & { row: RowKey; settings: typeof SETTINGS }; answer: Prepared };
  /** Runs the row made ready. */
  time: { ask: { iterations: number }; answer: { readonly milliseconds: readonly number[] } };
  /** PyTorch alone: how long a step takes that is made of many short parallel regions. */
  probe: { ask: object; answer: { readonly milliseconds: number } };
  /** Ours alone: makes weights and images, and tells the model's shape. */
  write: { ask: Files & { batch: number; seed: number }; answer: { readonly config: ModelConfig } };
  /** Ours alone: runs the row made ready with a clock on each kernel. */
  kernels: { ask: { iterations: number }; answer: KernelProfile };
}

export interface Prepared {
  /** PyTorch's memory layout, the faster of two, and milliseconds of each. */
  readonly layout?: string;
  readonly tried?: Readonly<Record<string, number>>;
}

export interface KernelProfile {
  /** Of a step, with the clocks on. */
  readonly milliseconds: number;
  /** Of a step, the slowest first; time in kernels that a kernel calls is theirs. */
  readonly kernels: readonly {
    readonly name: string;
    readonly calls: number;
    readonly milliseconds: number;
  }[];
}
