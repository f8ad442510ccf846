/** Matrix products and convolutions. */
export interface ProductAddon {
  /** c = activation(a · b + bias) for each of the batch; a or b may be one for all. */
  matmul(
    a: Float32Array,
    b: Float32Array,
    bias: Float32Array | null,
    c: Float32Array,
    batch: number,
    m: number,
    n: number,
    k: number,
    aRepeats: boolean,
    bRepeats: boolean,
    transposeA: boolean,
    transposeB: boolean,
    activation: number,
  ): void;

  /**
   * y = activation(conv(x, filter) + bias). `shape` holds batch, the input's height, width and channels, the
   * output's, the filter's height and width, strides, padding on top and left, and dilations. `winograd` is the
   * size of the output tiles (2 to 4), 0 for direct convolution, -1 for what should be fastest.
   */
  conv2d(
    shape: Int32Array,
    x: Float32Array,
    filter: Float32Array,
    bias: Float32Array | null,
    y: Float32Array,
    activation: number,
    winograd: number,
  ): void;
  conv2dInputGradient(
    shape: Int32Array,
    dy: Float32Array,
    filter: Float32Array,
    dx: Float32Array,
    winograd: number,
  ): void;
  conv2dFilterGradient(
    shape: Int32Array,
    x: Float32Array,
    dy: Float32Array,
    dfilter: Float32Array,
    winograd: number,
  ): void;
}
