/** For each place of a resized axis: which places it is made of, and how much of each. */
export interface Taps {
  /** Lengths of the axis before and after. */
  readonly in: number;
  readonly out: number;
  /** Place i is made of entries starts[i] to starts[i + 1]. */
  readonly starts: Int32Array;
  readonly places: Int32Array;
  readonly weights: Float32Array;
}

type Arguments = [
  inSize: number,
  outSize: number,
  starts: Int32Array,
  places: Int32Array,
  weights: Float32Array,
];

export interface ResizeAddon {
  /** y [batch, rows' out, columns' out, channels] from x [batch, rows' in, columns' in, channels]. */
  resize(
    x: Float32Array,
    y: Float32Array,
    batch: number,
    channels: number,
    ...taps: [...rows: Arguments, ...columns: Arguments]
  ): void;
}

export function tapArguments(taps: Taps): Arguments {
  return [taps.in, taps.out, taps.starts, taps.places, taps.weights];
}
