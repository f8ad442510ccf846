import { type Code, i32, ifElse, type Local, type ModuleBuilder, v128, whileLoop } from './assembler.js';

/**
 * Rows of a register tile. Times two vectors of columns that is eight sums, enough to hide the
 * latency of an addition; V8 on x86 begins to spill registers with more, or when the loop over the
 * sum is unrolled, and loses a third of the speed.
 */
const ROWS = 4;

/** Columns of a register tile: two vectors, one vector, or a single float at the edge. */
interface Width {
  readonly suffix: string;
  readonly vectors: number;
  readonly load: (address: Code, offset?: number) => Code;
  readonly store: (address: Code, value: Code, offset?: number) => Code;
}

const PAIR: Width = { suffix: '8', vectors: 2, load: v128.load, store: v128.store };
const QUAD: Width = { suffix: '4', vectors: 1, load: v128.load, store: v128.store };
const SINGLE: Width = { suffix: '1', vectors: 1, load: v128.loadOne, store: v128.storeOne };

type Call = (...args: readonly Code[]) => Code;

/**
 * Adds `gemm`: C (+)= Σ over segments of A·B, where a segment is a triple (byte offset into A, byte
 * offset into B, length of the sum) in a table in memory. One segment is a matrix product; one per
 * filter tap, or per row of an image, is a convolution or its gradient (an indirect product as in
 * Dukhan, "The Indirect Convolution Algorithm", 2019).
 *
 * Parameters, strides in bytes: rows of C, columns of C, C, stride of C's rows, A, stride of A along
 * the sum, B, stride of B along the sum, step of B from one panel of eight columns to the next,
 * table, its end, 1 to add to C or 0 to replace.
 *
 * @param rowStride bytes from one row of A to the next. It is part of the code, since a tile then
 *   walks along A with one pointer; with a pointer per row V8 reaches half the speed.
 */
export function addGemm(module: ModuleBuilder, rowStride: number): void {
  const tiles = new Map<Width, Call[]>();
  for (const width of [PAIR, QUAD, SINGLE]) {
    tiles.set(
      width,
      Array.from({ length: ROWS }, (_, i) => addTile(module, rowStride, i + 1, width)),
    );
  }
  module.func('gemm', new Array<'i32'>(12).fill('i32'), (params, fresh) => {
    const [m, n, c, ldc, a, lda, b, ldb, panel, table, end, add] = params as Twelve;
    const [columns, bAt, cColumn] = [fresh('i32'), fresh('i32'), fresh('i32')];
    const [rest, count, rows] = [fresh('i32'), fresh('i32'), fresh('i32')];
    const [aAt, cAt] = [fresh('i32'), fresh('i32')];
    const sweep = (width: Width): Code => [
      ...rest.set(m.get),
      ...count.set(i32.divU(i32.add(m.get, i32.const(ROWS - 1)), i32.const(ROWS))),
      ...aAt.set(a.get),
      ...cAt.set(cColumn.get),
      ...whileLoop(i32.gtU(rest.get, i32.const(0)), [
        // Tiles of nearly equal height: 6 rows are 3 + 3, not 4 + 2.
        ...rows.set(i32.divU(i32.sub(i32.add(rest.get, count.get), i32.const(1)), count.get)),
        ...choose(rows, tiles.get(width)!, [cAt, ldc, aAt, lda, bAt, ldb, table, end, add]),
        ...aAt.increase(i32.mul(rows.get, i32.const(rowStride))),
        ...cAt.increase(i32.mul(rows.get, ldc.get)),
        ...rest.set(i32.sub(rest.get, rows.get)),
        ...count.set(i32.sub(count.get, i32.const(1))),
      ]),
    ];
    const step = (width: Width, by: number, bStep: Code): Code => [
      ...sweep(width),
      ...bAt.increase(bStep),
      ...cColumn.increase(i32.const(by * 4)),
      ...columns.set(i32.sub(columns.get, i32.const(by))),
    ];
    return [
      ...columns.set(n.get),
      ...bAt.set(b.get),
      ...cColumn.set(c.get),
      ...whileLoop(i32.geU(columns.get, i32.const(8)), step(PAIR, 8, panel.get)),
      ...ifElse(i32.geU(columns.get, i32.const(4)), step(QUAD, 4, i32.const(16))),
      ...whileLoop(i32.gtU(columns.get, i32.const(0)), step(SINGLE, 1, i32.const(4))),
    ];
  });
}

type Nine = readonly [Local, Local, Local, Local, Local, Local, Local, Local, Local];
type Twelve = readonly [...Nine, Local, Local, Local];

function choose(rows: Local, calls: readonly Call[], args: readonly Local[]): Code {
  const values = args.map(({ get }) => get);
  return calls.reduceRight<Code>(
    (otherwise, call, i) => ifElse(i32.eq(rows.get, i32.const(i + 1)), call(...values), otherwise),
    [],
  );
}

/** One tile of C, held in registers over all segments. */
function addTile(module: ModuleBuilder, rowStride: number, height: number, width: Width): Call {
  const name = `tile${height}x${width.suffix}`;
  return module.func(name, new Array<'i32'>(9).fill('i32'), (params, fresh) => {
    const [c, ldc, a, lda, b, ldb, table, end, add] = params as Nine;
    const rows = Array.from({ length: height }, (_, i) => i);
    const vectors = Array.from({ length: width.vectors }, (_, i) => i);
    const sums = rows.map(() => vectors.map(() => fresh('v128')));
    const right = vectors.map(() => fresh('v128'));
    const left = fresh('v128');
    const [aAt, bAt, length, cAt] = [fresh('i32'), fresh('i32'), fresh('i32'), fresh('i32')];
    const multiply: Code = [
      ...vectors.flatMap((j) => right[j]!.set(width.load(bAt.get, j * 16))),
      ...rows.flatMap((i) => [
        ...left.set(v128.loadSplat(aAt.get, i * rowStride)),
        ...vectors.flatMap((j) => {
          const sum = sums[i]![j]!;
          return sum.set(v128.add(sum.get, v128.mul(left.get, right[j]!.get)));
        }),
      ]),
      ...aAt.increase(lda.get),
      ...bAt.increase(ldb.get),
    ];
    const segment: Code = [
      ...aAt.set(i32.add(a.get, i32.load(table.get, 0))),
      ...bAt.set(i32.add(b.get, i32.load(table.get, 4))),
      ...length.set(i32.load(table.get, 8)),
      ...whileLoop(i32.gtU(length.get, i32.const(0)), [
        ...multiply,
        ...length.set(i32.sub(length.get, i32.const(1))),
      ]),
      ...table.increase(i32.const(12)),
    ];
    const overC = (each: (i: number, j: number) => Code): Code => [
      ...cAt.set(c.get),
      ...rows.flatMap((i) => [...vectors.flatMap((j) => each(i, j)), ...cAt.increase(ldc.get)]),
    ];
    return [
      ...ifElse(
        add.get,
        overC((i, j) => sums[i]![j]!.set(width.load(cAt.get, j * 16))),
      ),
      ...whileLoop(i32.ltU(table.get, end.get), segment),
      ...overC((i, j) => width.store(cAt.get, sums[i]![j]!.get, j * 16)),
    ];
  });
}
