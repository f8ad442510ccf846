/** Elements of one type: float32, int32, or bool in bytes. */
export type Elements = Float32Array | Int32Array | Uint8Array;

/** Moving elements about; both arrays have one type. */
export interface MoveAddon {
  /**
   * to[toOffset + Σ i · toStrides] = from[fromOffset + Σ i · fromStrides] for all indices i.
   *
   * @param layout up to 16 sizes, then as many strides of `to`, then of `from`
   */
  copyStrided(from: Elements, fromOffset: number, to: Elements, toOffset: number, layout: Int32Array): void;
  /**
   * Slices of x [batch, outer, dim, slice] at indices [batch, count]: y [batch, outer, count, slice].
   *
   * @throws TypeError if an index is outside [0, dim)
   */
  gather(
    x: Elements,
    indices: Int32Array,
    y: Elements,
    batch: number,
    outer: number,
    dim: number,
    slice: number,
    count: number,
  ): void;
  /** y [segments, width]: sums of the rows of x [rows, width] by id; other ids are dropped. */
  segmentSum(
    x: Float32Array,
    ids: Int32Array,
    y: Float32Array,
    rows: number,
    width: number,
    segments: number,
  ): void;
}
