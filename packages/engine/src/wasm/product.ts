import { gemmFor, type WasmBackend, withScratch } from './heap.js';
import { PACKED_ROW, packedBytes, packPanels } from './pack.js';

/** C = op(A)·op(B), dense and row-major, at addresses in bytes. */
export interface Product {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  /** A is stored as [k, m]. */
  readonly transposeA: boolean;
  /** B is stored as [n, k]. */
  readonly transposeB: boolean;
}

/** Floats of A that stay in the second-level cache while all panels of B pass. */
const BLOCK_OF_A = 32_768;
/** Floats of A and B that stay in the first-level cache while a transposed A is multiplied. */
const BLOCK_OF_BOTH = 6_144;
/** A matrix B below this many floats is read as it is: packing would cost more than it saves. */
const WORTH_PACKING = 4_096;

export function multiply(backend: WasmBackend, product: Product): void {
  const { m, n, k } = product;
  if (m === 0 || n === 0) return;
  const packed = product.transposeB || (k * n > WORTH_PACKING && m >= 16 && !product.transposeA);
  if (!packed) {
    run(backend, product, product.b, n * 4, 32);
    return;
  }
  withScratch(backend, [packedBytes(k, n)], (panels) => {
    const b = product.b / 4;
    const heap = backend.wasm.HEAPF32;
    const [at, step] = product.transposeB
      ? [(row: number): number => b + row, k]
      : [(row: number): number => b + row * n, 1];
    packPanels(heap, at, step, heap, panels! / 4, k, n);
    run(backend, product, panels!, PACKED_ROW, k * PACKED_ROW);
  });
}

function run(backend: WasmBackend, product: Product, b: number, ldb: number, panel: number): void {
  const { m, n, k, a, c, transposeA } = product;
  const gemm = gemmFor(backend, transposeA ? 4 : k * 4);
  const rows = transposeA ? m : Math.max(4, Math.floor(BLOCK_OF_A / Math.max(1, k)) & ~3);
  const depth = transposeA ? Math.max(32, Math.floor(BLOCK_OF_BOTH / (m + n))) : Math.max(1, k);
  withScratch(backend, [12], (table) => {
    for (let row = 0; row < m; row += rows) {
      for (let sum = 0; sum === 0 || sum < k; sum += depth) {
        backend.wasm.HEAP32.set([0, 0, Math.min(depth, k - sum)], table! / 4);
        gemm(
          Math.min(rows, m - row),
          n,
          c + row * n * 4,
          n * 4,
          a + (transposeA ? sum * m + row : row * k + sum) * 4,
          transposeA ? m * 4 : 4,
          b + sum * ldb,
          ldb,
          panel,
          table!,
          table! + 12,
          sum > 0 ? 1 : 0,
        );
      }
    }
  });
}
