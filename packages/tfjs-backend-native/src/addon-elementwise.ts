export type UnaryName =
  | 'Abs'
  | 'Ceil'
  | 'ClipByValue'
  | 'Cos'
  | 'Elu'
  | 'Erf'
  | 'Exp'
  | 'Expm1'
  | 'Floor'
  | 'Gelu'
  | 'LeakyRelu'
  | 'Log'
  | 'Log1p'
  | 'Neg'
  | 'Reciprocal'
  | 'Relu'
  | 'Relu6'
  | 'Round'
  | 'Rsqrt'
  | 'Selu'
  | 'Sigmoid'
  | 'Sign'
  | 'Sin'
  | 'Softplus'
  | 'Sqrt'
  | 'Square'
  | 'Step'
  | 'Tanh';

export type ArithmeticName =
  | 'Add'
  | 'EluGrad'
  | 'GeluGrad'
  | 'Maximum'
  | 'Minimum'
  | 'Multiply'
  | 'Pow'
  | 'Prelu'
  | 'RealDiv'
  | 'SquaredDifference'
  | 'Sub';

export type ComparisonName = 'Equal' | 'Greater' | 'GreaterEqual' | 'Less' | 'LessEqual' | 'NotEqual';

/** out = f(a, b); `groups` is the size of each group of dimensions and who moves along it (see broadcast.ts). */
type Binary<Out> = (a: Float32Array, b: Float32Array, out: Out, groups: Int32Array) => void;

export type ReduceName = 'Max' | 'Mean' | 'Min' | 'Prod' | 'Sum';
export type ArgName = 'ArgMax' | 'ArgMin';

/** Reduces x[outer][length][inner] over its middle; sizes are positive. Float64 is for what lies between two steps. */
type Reduce<In, Out> = (x: In, y: Out, outer: number, length: number, inner: number) => void;
type Floats = Float32Array | Float64Array;

type Test = (x: Float32Array, y: Uint8Array) => void;
type Join = (a: Uint8Array, b: Uint8Array, y: Uint8Array) => void;

/** Between dtypes, element by element: what is true is 1, in a Uint8Array. */
interface ConvertAddon {
  intToFloat(x: Int32Array, y: Float32Array): void;
  boolToFloat(x: Uint8Array, y: Float32Array): void;
  /** As `Int32Array.from` does: towards zero, modulo 2^32, 0 for what is not finite. */
  floatToInt(x: Float32Array, y: Int32Array): void;
  readonly IsFinite: Test;
  readonly IsInf: Test;
  readonly IsNan: Test;
  readonly ToBool: Test;
  readonly LogicalAnd: Join;
  readonly LogicalOr: Join;
  LogicalNot(x: Uint8Array, y: Uint8Array): void;
  /** Each condition chooses `inner` neighbouring values of t or e. */
  select(condition: Uint8Array, t: Float32Array, e: Float32Array, y: Float32Array, inner: number): void;
}

/** The element-wise part of the addon, reductions and softmax: functions by the names of tfjs's kernels. */
export interface ElementwiseAddon extends ConvertAddon {
  /** y[i] = f(x[i]); what the numbers mean depends on f. */
  readonly unary: Readonly<
    Record<UnaryName, (x: Float32Array, y: Float32Array, first: number, second: number) => void>
  >;
  readonly reduce: Readonly<
    Record<ReduceName, Reduce<Floats, Floats>> & Record<ArgName, Reduce<Float32Array, Int32Array>>
  >;
  /** Along each of `rows` rows of n > 0 values. */
  softmax(x: Float32Array, y: Float32Array, rows: number, n: number): void;
  /** dx = y (dy - Σ dy y), along each row; y is what softmax gave. */
  softmaxGrad(y: Float32Array, dy: Float32Array, dx: Float32Array, rows: number, n: number): void;
  readonly binary: Readonly<
    Record<ArithmeticName, Binary<Float32Array>> & Record<ComparisonName, Binary<Uint8Array>>
  >;
}
