/**
 * A small WebAssembly assembler: enough to write SIMD loops by hand without a toolchain.
 * Instructions are byte arrays, so code is put together by nesting and spreading arrays.
 */
export type Code = readonly number[];
export type ValueType = 'i32' | 'f32' | 'v128';

const TYPE_BYTE: Readonly<Record<ValueType, number>> = { i32: 0x7f, f32: 0x7d, v128: 0x7b };
const VOID = 0x40;

/** LEB128, unsigned. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest !== 0);
  return bytes;
}

/** LEB128, signed. */
function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const byte = rest & 0x7f;
    rest >>= 7;
    const done = (rest === 0 && (byte & 0x40) === 0) || (rest === -1 && (byte & 0x40) !== 0);
    bytes.push(done ? byte : byte | 0x80);
    if (done) return bytes;
  }
}

function vector(items: readonly Code[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

/** A local variable or parameter of a function. */
export interface Local {
  readonly get: Code;
  set(value: Code): Code;
  /** Adds to an i32. */
  increase(by: Code): Code;
}

function local(index: number): Local {
  const get = [0x20, ...unsigned(index)];
  const set = (value: Code): Code => [...value, 0x21, ...unsigned(index)];
  return { get, set, increase: (by) => set(i32.add(get, by)) };
}

type Binary = (left: Code, right: Code) => Code;
/** Reads from an address plus a constant offset, both in bytes. */
type Load = (address: Code, offset?: number) => Code;
type Store = (address: Code, value: Code, offset?: number) => Code;

const binary =
  (opcode: number): Binary =>
  (left, right) => [...left, ...right, opcode];

export const i32: {
  const(value: number): Code;
  add: Binary;
  sub: Binary;
  mul: Binary;
  divU: Binary;
  eq: Binary;
  ltU: Binary;
  gtU: Binary;
  geU: Binary;
  load: Load;
} = {
  const: (value) => [0x41, ...signed(value)],
  add: binary(0x6a),
  sub: binary(0x6b),
  mul: binary(0x6c),
  divU: binary(0x6e),
  eq: binary(0x46),
  ltU: binary(0x49),
  gtU: binary(0x4b),
  geU: binary(0x4f),
  load: (address, offset = 0) => [...address, 0x28, 0, ...unsigned(offset)],
};

export const f32: { load: Load; store: Store; add: Binary } = {
  load: (address, offset = 0) => [...address, 0x2a, 0, ...unsigned(offset)],
  store: (address, value, offset = 0) => [...address, ...value, 0x38, 0, ...unsigned(offset)],
  add: binary(0x92),
};

const simd = (opcode: number): number[] => [0xfd, ...unsigned(opcode)];
const simdBinary =
  (opcode: number): Binary =>
  (left, right) => [...left, ...right, ...simd(opcode)];

/** Four floats at once. */
export const v128: {
  load: Load;
  /** One float from memory into all four lanes. */
  loadSplat: Load;
  /** One float from memory into the first lane, zeros in the rest. */
  loadOne: Load;
  store: Store;
  /** Stores the first lane. */
  storeOne: Store;
  add: Binary;
  mul: Binary;
  /** The sum of the four lanes, an f32; `local` holds the vector. */
  sumOfLanes(local: Local): Code;
  readonly zero: Code;
} = {
  load: (address, offset = 0) => [...address, ...simd(0x00), 0, ...unsigned(offset)],
  loadSplat: (address, offset = 0) => [...address, ...simd(0x09), 0, ...unsigned(offset)],
  loadOne: (address, offset = 0) => [...address, ...simd(0x5c), 0, ...unsigned(offset)],
  store: (address, value, offset = 0) => [...address, ...value, ...simd(0x0b), 0, ...unsigned(offset)],
  storeOne: (address, value, offset = 0) => [...address, ...value, ...simd(0x5a), 0, ...unsigned(offset), 0],
  add: simdBinary(0xe4),
  mul: simdBinary(0xe6),
  zero: [...simd(0x0c), ...new Array<number>(16).fill(0)],
  sumOfLanes: ({ get }) => {
    const lane = (i: number): Code => [...get, ...simd(0x1f), i];
    return f32.add(f32.add(lane(0), lane(1)), f32.add(lane(2), lane(3)));
  },
};

/** `while (condition) body`, the condition tested first. */
export function whileLoop(condition: Code, body: Code): Code {
  const loop = [0x03, VOID, ...body, ...condition, 0x0d, 0, 0x0b];
  return [...condition, 0x04, VOID, ...loop, 0x0b];
}

export function ifElse(condition: Code, then: Code, otherwise: Code = []): Code {
  const rest = otherwise.length > 0 ? [0x05, ...otherwise] : [];
  return [...condition, 0x04, VOID, ...then, ...rest, 0x0b];
}

interface Func {
  readonly name: string;
  readonly params: readonly ValueType[];
  readonly locals: ValueType[];
  body: Code;
}

/** Collects functions without results that work on an imported memory. */
export class ModuleBuilder {
  private readonly functions: Func[] = [];

  /**
   * Adds and exports a function.
   * @param write gets the parameters and a maker of further locals; returns the body.
   * @returns code that calls it.
   */
  func(
    name: string,
    params: readonly ValueType[],
    write: (params: readonly Local[], fresh: (type: ValueType) => Local) => Code,
  ): (...args: readonly Code[]) => Code {
    const func: Func = { name, params, locals: [], body: [] };
    const index = this.functions.push(func) - 1;
    const fresh = (type: ValueType): Local => local(params.length + func.locals.push(type) - 1);
    func.body = write(
      params.map((_, i) => local(i)),
      fresh,
    );
    return (...args) => [...args.flat(), 0x10, ...unsigned(index)];
  }

  /** The binary module; it imports its memory as `env.memory`. */
  build(): Uint8Array<ArrayBuffer> {
    const section = (id: number, content: readonly number[]): number[] => [
      id,
      ...unsigned(content.length),
      ...content,
    ];
    const name = (text: string): number[] => vector([...text].map((char) => [char.charCodeAt(0)]));
    const types = this.functions.map(({ params }) => [
      0x60,
      ...vector(params.map((type) => [TYPE_BYTE[type]])),
      0,
    ]);
    const bodies = this.functions.map(({ locals, body }) => {
      const code = [...vector(locals.map((type) => [1, TYPE_BYTE[type]])), ...body, 0x0b];
      return [...unsigned(code.length), ...code];
    });
    return new Uint8Array([
      ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      ...section(1, vector(types)),
      ...section(2, vector([[...name('env'), ...name('memory'), 2, 0, 0]])),
      ...section(3, vector(this.functions.map((_, i) => unsigned(i)))),
      ...section(7, vector(this.functions.map((func, i) => [...name(func.name), 0, ...unsigned(i)]))),
      ...section(10, vector(bodies)),
    ]);
  }
}
