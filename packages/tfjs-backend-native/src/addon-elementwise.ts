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

/** The element-wise part of the addon: functions by the names of tfjs's kernels. */
export interface ElementwiseAddon {
  /** y[i] = f(x[i]); what the numbers mean depends on f. */
  readonly unary: Readonly<
    Record<UnaryName, (x: Float32Array, y: Float32Array, first: number, second: number) => void>
  >;
  readonly binary: Readonly<
    Record<ArithmeticName, Binary<Float32Array>> & Record<ComparisonName, Binary<Uint8Array>>
  >;
}
