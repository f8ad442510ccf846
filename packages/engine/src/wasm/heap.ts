import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { ModuleBuilder } from './assembler.js';
import { addGemm } from './gemm.js';
import { addReductions } from './reductions.js';

/** What is used of tfjs's `BackendWasm`. */
export interface WasmBackend {
  readonly wasm: {
    readonly asm: { readonly memory: WebAssembly.Memory };
    readonly HEAPF32: Float32Array;
    readonly HEAP32: Int32Array;
    readonly HEAPU8: Uint8Array;
    _malloc(bytes: number): number;
    _free(address: number): void;
  };
  readonly dataIdMap: { get(dataId: object): { readonly memoryOffset: number } };
  makeOutput(shape: readonly number[], dtype: DataType): TensorInfo;
  disposeData(dataId: object): boolean;
  incRef(dataId: object): void;
}

/** Byte address of a tensor's first element. */
export function addressOf(backend: WasmBackend, tensor: TensorInfo): number {
  return backend.dataIdMap.get(tensor.dataId).memoryOffset >>> 0;
}

/** A tensor's elements, in place. Stale after the next allocation: the memory may have moved. */
export function floatsOf(backend: WasmBackend, tensor: TensorInfo): Float32Array {
  const start = addressOf(backend, tensor) / 4;
  return backend.wasm.HEAPF32.subarray(start, start + tensor.shape.reduce((a, b) => a * b, 1));
}

/** Gives `work` temporary memory, and takes it back. Sizes in bytes; addresses are multiples of 16. */
export function withScratch<T>(
  backend: WasmBackend,
  sizes: readonly number[],
  work: (...addresses: number[]) => T,
): T {
  const { wasm } = backend;
  const taken: number[] = [];
  try {
    for (const size of sizes) {
      const address = wasm._malloc(size + 16) >>> 0;
      if (address === 0) throw new Error(`wasm memory is full: ${size} bytes could not be had`);
      taken.push(address);
    }
    return work(...taken.map((address) => Math.ceil(address / 16) * 16));
  } finally {
    for (const address of taken) wasm._free(address);
  }
}

/** See `addGemm`. */
export type Gemm = (
  m: number,
  n: number,
  c: number,
  ldc: number,
  a: number,
  lda: number,
  b: number,
  ldb: number,
  panel: number,
  table: number,
  end: number,
  add: 0 | 1,
) => void;

interface Compiled {
  readonly gemms: Map<number, Gemm>;
  /** See `addReductions`. */
  readonly reductions: Readonly<Record<string, (...args: number[]) => void>>;
}

/** A program meets few row strides (its channel counts); one with ever new shapes must not collect code. */
const KEPT_GEMMS = 64;
const compiled = new WeakMap<WebAssembly.Memory, Compiled>();

/** The product for one row stride of A in bytes, compiled at first use. */
export function gemmFor(backend: WasmBackend, rowStride: number): Gemm {
  const { gemms } = compiledFor(backend);
  let gemm = gemms.get(rowStride);
  if (gemm === undefined) {
    if (gemms.size >= KEPT_GEMMS) gemms.delete(gemms.keys().next().value!);
    const module = new ModuleBuilder();
    addGemm(module, rowStride);
    gemm = instantiate(backend, module).gemm as unknown as Gemm;
    gemms.set(rowStride, gemm);
  }
  return gemm;
}

export function reductionsFor(backend: WasmBackend): Compiled['reductions'] {
  return compiledFor(backend).reductions;
}

function compiledFor(backend: WasmBackend): Compiled {
  const { memory } = backend.wasm.asm;
  let entry = compiled.get(memory);
  if (entry === undefined) {
    const module = new ModuleBuilder();
    addReductions(module);
    entry = { gemms: new Map(), reductions: instantiate(backend, module) };
    compiled.set(memory, entry);
  }
  return entry;
}

function instantiate(backend: WasmBackend, module: ModuleBuilder): Compiled['reductions'] {
  const { memory } = backend.wasm.asm;
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module.build()), { env: { memory } });
  return instance.exports as Compiled['reductions'];
}
