import type { backend_util } from '@tensorflow/tfjs-core';
import type { WasmBackend } from './heap.js';

/** Offsets into A and B in bytes, and how many terms to sum from there; see `addGemm`. */
export interface Segment {
  readonly a: number;
  readonly b: number;
  length: number;
}

/** Images [height, width, channels] with zeros around them. */
export interface Border {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** The input as the filter sees it, rows and columns that no tap reaches left out. */
export function inputBorder(info: backend_util.Conv2DInfo): Border {
  const reach = (out: number, stride: number, taps: number, dilation: number): number =>
    (out - 1) * stride + (taps - 1) * dilation + 1;
  return {
    top: info.padInfo.top,
    left: info.padInfo.left,
    height: Math.max(
      info.inHeight + info.padInfo.top,
      reach(info.outHeight, info.strideHeight, info.filterHeight, info.dilationHeight),
    ),
    width: Math.max(
      info.inWidth + info.padInfo.left,
      reach(info.outWidth, info.strideWidth, info.filterWidth, info.dilationWidth),
    ),
  };
}

export function needsBorder(border: Border, height: number, width: number): boolean {
  return border.top > 0 || border.left > 0 || border.height > height || border.width > width;
}

/** Copies one image into the middle of zeros that are already there. */
export function frame(
  backend: WasmBackend,
  from: number,
  [height, width, channels]: readonly [number, number, number],
  to: number,
  border: Border,
): void {
  const bytes = width * channels * 4;
  const heap = backend.wasm.HEAPU8;
  for (let row = 0; row < height; row++) {
    const target = to + ((row + border.top) * border.width + border.left) * channels * 4;
    heap.copyWithin(target, from + row * bytes, from + (row + 1) * bytes);
  }
}

/** Joins segments that follow each other in both A and B. */
export function joined(segments: readonly Segment[], rowOfB: number): Segment[] {
  const result: Segment[] = [];
  for (const segment of segments) {
    const last = result.at(-1);
    const follows =
      last !== undefined &&
      segment.a === last.a + last.length * 4 &&
      segment.b === last.b + last.length * rowOfB;
    if (follows) last.length += segment.length;
    else result.push({ ...segment });
  }
  return result;
}

/** Writes tables one after the other; returns where each begins, and the end of the last. */
export function writeTables(
  backend: WasmBackend,
  address: number,
  tables: readonly (readonly Segment[])[],
): number[] {
  const heap = backend.wasm.HEAP32;
  const starts: number[] = [address];
  let at = address / 4;
  for (const table of tables) {
    for (const { a, b, length } of table) {
      heap[at++] = a;
      heap[at++] = b;
      heap[at++] = length;
    }
    starts.push(at * 4);
  }
  return starts;
}
