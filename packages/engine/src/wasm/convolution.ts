import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core';
import { addressOf, gemmFor, type WasmBackend, withScratch } from './heap.js';
import { type Border, frame, inputBorder, joined, needsBorder, type Segment, writeTables } from './images.js';
import { PACKED_ROW, packedBytes, packPanels } from './pack.js';

type ConvInfo = backend_util.Conv2DInfo;

/** y = x ∗ w, all NHWC and HWIO, float32. */
export function convolve(backend: WasmBackend, x: TensorInfo, w: TensorInfo, info: ConvInfo): TensorInfo {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = info;
  const taps = info.filterHeight * info.filterWidth;
  const y = backend.makeOutput(info.outShape, 'float32');
  const border = inputBorder(info);
  const segments: Segment[] = [];
  for (let kh = 0; kh < info.filterHeight; kh++) {
    for (let kw = 0; kw < info.filterWidth; kw++) {
      segments.push({
        a: (kh * info.dilationHeight * border.width + kw * info.dilationWidth) * inChannels * 4,
        b: segments.length * inChannels * PACKED_ROW,
        length: inChannels,
      });
    }
  }
  const rowsOfB = taps * inChannels;
  const pack = (target: number): void => {
    const filter = addressOf(backend, w) / 4;
    const heap = backend.wasm.HEAPF32;
    packPanels(heap, (row) => filter + row * outChannels, 1, heap, target, rowsOfB, outChannels);
  };
  rowsOfImages(backend, {
    source: x,
    images: batchSize,
    shape: [inHeight, inWidth, inChannels],
    border,
    packedSize: packedBytes(rowsOfB, outChannels),
    pack,
    phases: [
      {
        segments,
        rows: outHeight,
        columns: outWidth,
        target: (image, row) =>
          addressOf(backend, y) + (image * outHeight + row) * outWidth * outChannels * 4,
        targetStride: outChannels * 4,
      },
    ],
    rowStep: info.strideHeight,
    columnStep: info.strideWidth,
    outChannels,
    panel: rowsOfB * PACKED_ROW,
  });
  return y;
}

/**
 * ∂L/∂x from ∂L/∂y: one convolution with the transposed filter for each residue of (row, column)
 * modulo the stride, so that no zeros are multiplied.
 */
export function convolveBackInput(
  backend: WasmBackend,
  dy: TensorInfo,
  w: TensorInfo,
  info: ConvInfo,
): TensorInfo {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = info;
  const { filterHeight, filterWidth } = info;
  const dx = backend.makeOutput(info.inShape, 'float32');
  const vertical = axisPhases(
    inHeight,
    filterHeight,
    info.strideHeight,
    info.dilationHeight,
    info.padInfo.top,
  );
  const horizontal = axisPhases(
    inWidth,
    filterWidth,
    info.strideWidth,
    info.dilationWidth,
    info.padInfo.left,
  );
  const border: Border = {
    top: vertical.before,
    left: horizontal.before,
    height: Math.max(outHeight, vertical.after) + vertical.before,
    width: Math.max(outWidth, horizontal.after) + horizontal.before,
  };
  const phases = vertical.phases.flatMap((v) =>
    horizontal.phases.map((h) => ({
      segments: v.taps.flatMap((kh) =>
        h.taps.map((kw) => ({
          a: ((kh.shift + border.top) * border.width + kw.shift + border.left) * outChannels * 4,
          b: (kh.tap * filterWidth + filterWidth - 1 - kw.tap) * outChannels * PACKED_ROW,
          length: outChannels,
        })),
      ),
      rows: v.count,
      columns: h.count,
      target: (image: number, row: number): number =>
        addressOf(backend, dx) +
        ((image * inHeight + v.first + row * info.strideHeight) * inWidth + h.first) * inChannels * 4,
      targetStride: info.strideWidth * inChannels * 4,
    })),
  );
  const rowsOfB = filterHeight * filterWidth * outChannels;
  // Filter columns are packed from last to first: at stride 1 neighbouring taps then join.
  const pack = (target: number): void => {
    const filter = addressOf(backend, w) / 4;
    const at = (row: number): number => {
      const tap = Math.floor(row / outChannels);
      const kh = Math.floor(tap / filterWidth);
      const kw = filterWidth - 1 - (tap % filterWidth);
      return filter + (kh * filterWidth + kw) * inChannels * outChannels + (row % outChannels);
    };
    const heap = backend.wasm.HEAPF32;
    packPanels(heap, at, outChannels, heap, target, rowsOfB, inChannels);
  };
  rowsOfImages(backend, {
    source: dy,
    images: batchSize,
    shape: [outHeight, outWidth, outChannels],
    border,
    packedSize: packedBytes(rowsOfB, inChannels),
    pack,
    phases,
    rowStep: 1,
    columnStep: 1,
    outChannels: inChannels,
    panel: rowsOfB * PACKED_ROW,
  });
  return dx;
}

interface AxisPhase {
  readonly first: number;
  readonly count: number;
  /** `shift`: output index less the index within the phase. */
  readonly taps: readonly { readonly tap: number; readonly shift: number }[];
}

/** Which taps reach which input positions along one axis, by residue modulo the stride. */
function axisPhases(
  size: number,
  taps: number,
  stride: number,
  dilation: number,
  pad: number,
): { phases: AxisPhase[]; before: number; after: number } {
  const phases: AxisPhase[] = [];
  let before = 0;
  let after = 0;
  for (let first = 0; first < Math.min(stride, size); first++) {
    const count = Math.ceil((size - first) / stride);
    const reaching: { tap: number; shift: number }[] = [];
    for (let tap = taps - 1; tap >= 0; tap--) {
      const offset = first + pad - tap * dilation;
      if (offset % stride !== 0) continue;
      const shift = offset / stride;
      reaching.push({ tap, shift });
      before = Math.max(before, -shift);
      after = Math.max(after, count + shift);
    }
    phases.push({ first, count, taps: reaching });
  }
  return { phases, before, after };
}

interface RowsTask {
  readonly source: TensorInfo;
  readonly images: number;
  readonly shape: readonly [height: number, width: number, channels: number];
  readonly border: Border;
  readonly packedSize: number;
  readonly pack: (target: number) => void;
  readonly phases: readonly {
    readonly segments: Segment[];
    readonly rows: number;
    readonly columns: number;
    readonly target: (image: number, row: number) => number;
    readonly targetStride: number;
  }[];
  readonly rowStep: number;
  readonly columnStep: number;
  readonly outChannels: number;
  readonly panel: number;
}

/** Products that make one row of pixels each, image by image. */
function rowsOfImages(backend: WasmBackend, task: RowsTask): void {
  const { border, shape, source, phases } = task;
  const [height, width, channels] = shape;
  const gemm = gemmFor(backend, task.columnStep * channels * 4);
  const bordered = needsBorder(border, height, width);
  const imageBytes = height * width * channels * 4;
  const borderedBytes = bordered ? border.height * border.width * channels * 4 : 0;
  const tables = phases.map((phase) => joined(phase.segments, PACKED_ROW));
  const tableBytes = tables.reduce((sum, table) => sum + table.length * 12, 0);
  withScratch(backend, [task.packedSize, borderedBytes, tableBytes], (packed, framed, table) => {
    task.pack(packed! / 4);
    const starts = writeTables(backend, table!, tables);
    if (bordered) backend.wasm.HEAPF32.fill(0, framed! / 4, (framed! + borderedBytes) / 4);
    for (let image = 0; image < task.images; image++) {
      const from = addressOf(backend, source) + image * imageBytes;
      if (bordered) frame(backend, from, shape, framed!, border);
      const base = bordered ? framed! : from;
      phases.forEach((phase, i) => {
        for (let row = 0; row < phase.rows; row++) {
          gemm(
            phase.columns,
            task.outChannels,
            phase.target(image, row),
            phase.targetStride,
            base + row * task.rowStep * border.width * channels * 4,
            4,
            packed!,
            PACKED_ROW,
            task.panel,
            starts[i]!,
            starts[i + 1]!,
            0,
          );
        }
      });
    }
  });
}

/** ∂L/∂w from x and ∂L/∂y: for each filter row, the product of the shifted x, transposed, and ∂L/∂y. */
export function convolveBackFilter(
  backend: WasmBackend,
  x: TensorInfo,
  dy: TensorInfo,
  info: ConvInfo,
): TensorInfo {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = info;
  const dw = backend.makeOutput(info.filterShape, 'float32');
  const gemm = gemmFor(backend, 4);
  const border = inputBorder(info);
  const bordered = needsBorder(border, inHeight, inWidth);
  const imageBytes = inHeight * inWidth * inChannels * 4;
  const borderedBytes = border.height * border.width * inChannels * 4;
  const rowBytes = border.width * inChannels * 4;
  // Without dilation the filter's columns follow each other in x as they do in w: one product for all.
  const together = info.dilationWidth === 1 ? info.filterWidth : 1;
  // As many rows of x and dy at a time as the first-level cache holds.
  const block = Math.max(1, Math.floor(6144 / ((inChannels + outChannels) * outWidth)));
  const group = Math.min(batchSize, Math.max(1, Math.ceil(block / outHeight)));
  const framedBytes = bordered ? group * borderedBytes : 0;
  withScratch(backend, [framedBytes, group * outHeight * 12], (framed, table) => {
    if (bordered) backend.wasm.HEAPF32.fill(0, framed! / 4, (framed! + framedBytes) / 4);
    if (batchSize * outHeight * outWidth === 0)
      backend.wasm.HEAPU8.fill(
        0,
        addressOf(backend, dw),
        addressOf(backend, dw) + info.filterHeight * info.filterWidth * inChannels * outChannels * 4,
      );
    for (let first = 0; first < batchSize; first += group) {
      const images = Math.min(group, batchSize - first);
      const from = addressOf(backend, x) + first * imageBytes;
      for (let i = 0; bordered && i < images; i++) {
        frame(
          backend,
          from + i * imageBytes,
          [inHeight, inWidth, inChannels],
          framed! + i * borderedBytes,
          border,
        );
      }
      const rows: Segment[] = [];
      for (let i = 0; i < images; i++) {
        for (let row = 0; row < outHeight; row++) {
          rows.push({
            a: i * (bordered ? borderedBytes : imageBytes) + row * info.strideHeight * rowBytes,
            b: (i * outHeight + row) * outWidth * outChannels * 4,
            length: outWidth,
          });
        }
      }
      writeTables(backend, table!, [rows]);
      const base = bordered ? framed! : from;
      const gradient = addressOf(backend, dy) + first * outHeight * outWidth * outChannels * 4;
      for (let row = 0; row < rows.length; row += block) {
        const end = Math.min(rows.length, row + block);
        for (let kh = 0; kh < info.filterHeight; kh++) {
          for (let kw = 0; kw < info.filterWidth; kw += together) {
            gemm(
              together * inChannels,
              outChannels,
              addressOf(backend, dw) + (kh * info.filterWidth + kw) * inChannels * outChannels * 4,
              outChannels * 4,
              base + kh * info.dilationHeight * rowBytes + kw * info.dilationWidth * inChannels * 4,
              info.strideWidth * inChannels * 4,
              gradient,
              outChannels * 4,
              32,
              table! + row * 12,
              table! + end * 12,
              first + row > 0 ? 1 : 0,
            );
          }
        }
      }
    }
  });
  return dw;
}
