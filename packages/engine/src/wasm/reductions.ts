import { type Code, f32, i32, type ModuleBuilder, v128, whileLoop } from './assembler.js';

/**
 * Adds `addRows(x, rows, bytesPerRow, out)`: out[c] += Σ over rows of x[row, c], float32. The caller
 * zeroes `out`.
 */
export function addReductions(module: ModuleBuilder): void {
  module.func('addRows', ['i32', 'i32', 'i32', 'i32'], ([x, rows, bytes, out], fresh) => {
    const [xAt, left, end, wideEnd, rowAt] = Array.from({ length: 5 }, () => fresh('i32')) as [
      ReturnType<typeof fresh>,
      ReturnType<typeof fresh>,
      ReturnType<typeof fresh>,
      ReturnType<typeof fresh>,
      ReturnType<typeof fresh>,
    ];
    const sums = Array.from({ length: 4 }, () => fresh('v128'));
    const single = fresh('f32');
    /** Walks down a strip of columns with its sums in registers. */
    const strip = (load: Code, add: Code, store: Code, width: number): Code => [
      ...load,
      ...rowAt.set(xAt.get),
      ...left.set(rows!.get),
      ...whileLoop(i32.gtU(left.get, i32.const(0)), [
        ...add,
        ...rowAt.increase(bytes!.get),
        ...left.set(i32.sub(left.get, i32.const(1))),
      ]),
      ...store,
      ...xAt.increase(i32.const(width)),
      ...out!.increase(i32.const(width)),
    ];
    const wide = strip(
      sums.flatMap((sum, i) => sum.set(v128.load(out!.get, i * 16))),
      sums.flatMap((sum, i) => sum.set(v128.add(sum.get, v128.load(rowAt.get, i * 16)))),
      sums.flatMap((sum, i) => v128.store(out!.get, sum.get, i * 16)),
      64,
    );
    const narrow = strip(
      single.set(f32.load(out!.get)),
      single.set(f32.add(single.get, f32.load(rowAt.get))),
      f32.store(out!.get, single.get),
      4,
    );
    return [
      ...xAt.set(x!.get),
      ...end.set(i32.add(x!.get, bytes!.get)),
      ...wideEnd.set(i32.sub(end.get, i32.const(60))),
      ...whileLoop(i32.ltU(xAt.get, wideEnd.get), wide),
      ...whileLoop(i32.ltU(xAt.get, end.get), narrow),
    ];
  });
}
