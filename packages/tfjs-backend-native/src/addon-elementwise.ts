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

/** Reduces x[outer][length][inner] over its middle; sizes are positive. */
type Reduce<Out> = (x: Float32Array, y: Out, outer: number, length: number, inner: number) => void;

/** The element-wise part of the addon, reductions and softmax: functions by the names of tfjs's kernels. */
export interface ElementwiseAddon {
  /** y[i] = f(x[i]); what the numbers mean depends on f. */
  readonly unary: Readonly<
    Record<UnaryName, (x: Float32Array, y: Float32Array, first: number, second: number) => void>
  >;
  readonly reduce: Readonly<Record<ReduceName, Reduce<Float32Array>> & Record<ArgName, Reduce<Int32Array>>>;
  /** Along each of `rows` rows of n > 0 values. */
  softmax(x: Float32Array, y: Float32Array, rows: number, n: number): void;
  /** dx = y (dy - Σ dy y), along each row; y is what softmax gave. */
  softmaxGrad(y: Float32Array, dy: Float32Array, dx: Float32Array, rows: number, n: number): void;
  readonly binary: Readonly<
    Record<ArithmeticName, Binary<Float32Array>> & Record<ComparisonName, Binary<Uint8Array>>
  >;
}
