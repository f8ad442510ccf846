import { Mean, Sum, type SumAttrs, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { addressOf, floatsOf, reductionsFor, type WasmBackend, withScratch } from './heap.js';
import type { Override } from './overrides.js';

/** Rows summed at a time: partial sums keep float32's rounding error from growing with the length. */
const BLOCK = 512;

/**
 * Sum or mean over neighbouring axes of a float32 tensor, where it lies. tfjs transposes the tensor
 * first, so that the axes come last, and then adds one number at a time.
 */
function reduction(kernelName: string, scale: (count: number) => number): Override {
  return {
    kernelName,
    around: (original) => (args) => {
      const x = args.inputs.x as TensorInfo;
      const { axis, keepDims } = args.attrs as unknown as SumAttrs;
      const axes = util.parseAxisParam(axis, x.shape).sort((a, b) => a - b);
      const neighbours = axes.every((value, i) => i === 0 || value === axes[i - 1]! + 1);
      if (x.dtype !== 'float32' || axes.length === 0 || !neighbours || util.sizeFromShape(x.shape) === 0) {
        return original(args);
      }
      const backend = args.backend as WasmBackend;
      const first = axes[0]!;
      const outer = util.sizeFromShape(x.shape.slice(0, first));
      const count = util.sizeFromShape(x.shape.slice(first, first + axes.length));
      const inner = util.sizeFromShape(x.shape.slice(first + axes.length));
      const shape = x.shape.flatMap((size, i) => (!axes.includes(i) ? [size] : keepDims ? [1] : []));
      const out = backend.makeOutput(shape, 'float32');
      floatsOf(backend, out).fill(0);
      if (inner === 1) sumColumns(backend, x, outer, count, out);
      else sumRows(backend, x, outer, count, inner, out);
      const factor = scale(count);
      if (factor !== 1) {
        const values = floatsOf(backend, out);
        for (let i = 0; i < values.length; i++) values[i]! *= factor;
      }
      return out;
    },
  };
}

function sumColumns(
  backend: WasmBackend,
  x: TensorInfo,
  rows: number,
  columns: number,
  out: TensorInfo,
): void {
  const { addColumns } = reductionsFor(backend) as { addColumns: (...args: number[]) => void };
  addColumns(addressOf(backend, x), rows, columns, addressOf(backend, out));
}

function sumRows(
  backend: WasmBackend,
  x: TensorInfo,
  outer: number,
  count: number,
  inner: number,
  out: TensorInfo,
): void {
  const { addRows } = reductionsFor(backend) as { addRows: (...args: number[]) => void };
  withScratch(backend, [inner * 4], (partial) => {
    const [from, to] = [addressOf(backend, x), addressOf(backend, out)];
    const heap = backend.wasm.HEAPF32;
    for (let i = 0; i < outer; i++) {
      for (let row = 0; row < count; row += BLOCK) {
        const start = from + (i * count + row) * inner * 4;
        const rows = Math.min(BLOCK, count - row);
        if (count <= BLOCK) {
          addRows(start, rows, inner, to + i * inner * 4);
          continue;
        }
        heap.fill(0, partial! / 4, partial! / 4 + inner);
        addRows(start, rows, inner, partial!);
        addRows(partial!, 1, inner, to + i * inner * 4);
      }
    }
  });
}

export const reductions: readonly Override[] = [
  reduction(Sum, () => 1),
  reduction(Mean, (count) => 1 / count),
];
