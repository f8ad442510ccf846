/** Maps whose channels have a filter each, [height, width, channels]; `windows` are `windowNumbers`. */
export interface DepthwiseAddon {
  /** @param activation a place in `FUSED_ACTIVATIONS` */
  depthwise(
    windows: Int32Array,
    x: Float32Array,
    filter: Float32Array,
    bias: Float32Array | null,
    activation: number,
    y: Float32Array,
  ): void;
  depthwiseInputGradient(windows: Int32Array, dy: Float32Array, filter: Float32Array, dx: Float32Array): void;
  depthwiseFilterGradient(windows: Int32Array, x: Float32Array, dy: Float32Array, df: Float32Array): void;
  /** y = (x - mean) · scale + shift over [pixels, channels]. */
  channelAffine(
    pixels: number,
    channels: number,
    x: Float32Array,
    mean: Float32Array | null,
    scale: Float32Array,
    shift: Float32Array | null,
    y: Float32Array,
  ): void;
}
