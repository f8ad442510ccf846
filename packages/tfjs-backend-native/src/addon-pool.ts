/** Pooling over maps [batch, height, width, channels]; `windows` are `windowNumbers`. */
export interface PoolAddon {
  maxPool(windows: Int32Array, x: Float32Array, y: Float32Array): void;
  /** y: what `values` holds where each window of x has its first maximum, 0 where it has none. */
  maxPoolPick(windows: Int32Array, x: Float32Array, values: Float32Array, y: Float32Array): void;
  maxPoolGradient(windows: Int32Array, x: Float32Array, dy: Float32Array, dx: Float32Array): void;
  /** Means over the cells inside the map. */
  averagePool(windows: Int32Array, x: Float32Array, y: Float32Array): void;
  /** dx: sums over each cell's windows, divided by a whole window's size. */
  averagePoolGradient(windows: Int32Array, dy: Float32Array, dx: Float32Array): void;
}
