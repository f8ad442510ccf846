import { type Code, f32, i32, type Local, type ModuleBuilder, v128, whileLoop } from './assembler.js';

/**
 * Adds two sums over a matrix x of float32, row by row in memory:
 * `addRows(x, rows, columns, out)`: out[c] += Σ over rows of x[row, c];
 * `addColumns(x, rows, columns, out)`: out[row] += Σ over columns of x[row, c].
 */
export function addReductions(module: ModuleBuilder): void {
  addOverRows(module);
  addOverColumns(module);
}

type Four = readonly [Local, Local, Local, Local];
const FOUR = ['i32', 'i32', 'i32', 'i32'] as const;
const LANES = [0, 1, 2, 3] as const;

function addOverRows(module: ModuleBuilder): void {
  module.func('addRows', FOUR, (params, fresh) => {
    const [x, rows, columns, out] = params as Four;
    const [left, at] = [fresh('i32'), fresh('i32')];
    const [step, rest] = [fresh('i32'), fresh('i32')];
    const sums = LANES.map(() => fresh('v128'));
    const single = fresh('f32');
    /** Walks down a strip of columns with its sums in registers. */
    const strip = (load: Code, add: Code, store: Code, width: number): Code => [
      ...load,
      ...at.set(x.get),
      ...left.set(rows.get),
      ...whileLoop(i32.gtU(left.get, i32.const(0)), [
        ...add,
        ...at.increase(step.get),
        ...left.set(i32.sub(left.get, i32.const(1))),
      ]),
      ...store,
      ...x.increase(i32.const(width * 4)),
      ...out.increase(i32.const(width * 4)),
      ...rest.set(i32.sub(rest.get, i32.const(width))),
    ];
    const wide = strip(
      sums.flatMap((sum, i) => sum.set(v128.load(out.get, i * 16))),
      sums.flatMap((sum, i) => sum.set(v128.add(sum.get, v128.load(at.get, i * 16)))),
      sums.flatMap((sum, i) => v128.store(out.get, sum.get, i * 16)),
      16,
    );
    const narrow = strip(
      single.set(f32.load(out.get)),
      single.set(f32.add(single.get, f32.load(at.get))),
      f32.store(out.get, single.get),
      1,
    );
    return [
      ...step.set(i32.mul(columns.get, i32.const(4))),
      ...rest.set(columns.get),
      ...whileLoop(i32.geU(rest.get, i32.const(16)), wide),
      ...whileLoop(i32.gtU(rest.get, i32.const(0)), narrow),
    ];
  });
}

function addOverColumns(module: ModuleBuilder): void {
  module.func('addColumns', FOUR, (params, fresh) => {
    const [x, rows, columns, out] = params as Four;
    const rest = fresh('i32');
    const sums = LANES.map(() => fresh('v128'));
    const [total, single] = [fresh('v128'), fresh('f32')];
    const row: Code = [
      ...rest.set(columns.get),
      ...single.set(f32.load(out.get)),
      ...sums.flatMap((sum) => sum.set(v128.zero)),
      ...whileLoop(i32.geU(rest.get, i32.const(16)), [
        ...sums.flatMap((sum, i) => sum.set(v128.add(sum.get, v128.load(x.get, i * 16)))),
        ...x.increase(i32.const(64)),
        ...rest.set(i32.sub(rest.get, i32.const(16))),
      ]),
      ...total.set(sums.map(({ get }) => get).reduce(v128.add)),
      ...single.set(f32.add(single.get, v128.sumOfLanes(total))),
      ...whileLoop(i32.gtU(rest.get, i32.const(0)), [
        ...single.set(f32.add(single.get, f32.load(x.get))),
        ...x.increase(i32.const(4)),
        ...rest.set(i32.sub(rest.get, i32.const(1))),
      ]),
      ...f32.store(out.get, single.get),
      ...out.increase(i32.const(4)),
      ...rows.set(i32.sub(rows.get, i32.const(1))),
    ];
    return whileLoop(i32.gtU(rows.get, i32.const(0)), row);
  });
}
