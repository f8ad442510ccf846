type Floats = Float32Array;

/** What the addon computes of whole layers and of optimizers, for kernels beyond tfjs's own. */
export interface TrainingAddon {
  /** y = (x − mean) / √(variance + ε) · weight + bias, and max(0, ·) if rectified; x is `[rows, channels]`. */
  batchNorm(
    x: Floats,
    weight: Floats,
    bias: Floats,
    y: Floats,
    mean: Floats,
    variance: Floats,
    rows: number,
    channels: number,
    epsilon: number,
    rectified: boolean,
  ): void;
  batchNormGrad(
    x: Floats,
    dy: Floats,
    weight: Floats,
    bias: Floats,
    mean: Floats,
    variance: Floats,
    dx: Floats,
    dWeight: Floats,
    dBias: Floats,
    rows: number,
    channels: number,
    epsilon: number,
    rectified: boolean,
  ): void;
  /** The slopes of Σ v · dx, dx as above, along dy, x and the weight. */
  batchNormGradGrad(
    x: Floats,
    dy: Floats,
    v: Floats,
    weight: Floats,
    bias: Floats,
    mean: Floats,
    variance: Floats,
    dDy: Floats,
    dx: Floats,
    dWeight: Floats,
    rows: number,
    channels: number,
    epsilon: number,
    rectified: boolean,
  ): void;

  /** (x − mean) / √(variance + ε) · weight + bias with the statistics of each of the rows. */
  layerNorm(
    x: Floats,
    weight: Floats,
    bias: Floats,
    y: Floats,
    rows: number,
    features: number,
    epsilon: number,
  ): void;
  layerNormGrad(
    x: Floats,
    dy: Floats,
    weight: Floats,
    dx: Floats,
    dWeight: Floats,
    dBias: Floats,
    rows: number,
    features: number,
    epsilon: number,
  ): void;

  /** y = max(0, a + b). */
  addRelu(a: Floats, b: Floats, y: Floats): void;
  /** dx = dy where the ReLU's output y is not zero, else 0. */
  reluGrad(dy: Floats, y: Floats, dx: Floats): void;

  adamW(
    parameter: Floats,
    gradient: Floats,
    moment1: Floats,
    moment2: Floats,
    nextParameter: Floats,
    nextMoment1: Floats,
    nextMoment2: Floats,
    keep1: number,
    keep2: number,
    rate: number,
    floor: number,
    shrink: number,
    gradientScale: number,
  ): void;
  sgdMomentum(
    parameter: Floats,
    gradient: Floats,
    velocity: Floats,
    nextParameter: Floats,
    nextVelocity: Floats,
    rate: number,
    momentum: number,
    penalty: number,
    gradientScale: number,
    nesterov: boolean,
  ): void;
  /** next = average + share · (value − average). */
  ema(average: Floats, value: Floats, next: Floats, share: number): void;
  /** out[0] = Σ x². */
  squaredNorm(x: Floats, out: Floats): void;
}
